#pragma once
#include "../include/winograd.h"

// Winograd's minimal filtering in one dimension, F(m, r): m results of a filter of r taps from the
// m + r - 1 products of values of polynomials at as many points: 0, pairs ±p, and ∞. Points that come as
// p and 1/p keep factors and rounding errors small.

/// Points, and what Lagrange's interpolation needs of them: M(t) = t · Π(t² - p²).
typedef struct {
  int pairs;
  float point[4];
  /// M(t) / t by powers of t².
  float product[5];
  /// M(t) / t / (t² - p²) by powers of t², for each pair.
  float cofactors[4][4];
  /// 1 / M'(p).
  float scale[4];
} winograd_points;

/// 0, ±√½, ±√2, ∞.
static const winograd_points six_points = {
    2,
    {0.70710678118654752f, 1.41421356237309505f},
    {1, -2.5f, 1},
    {{-2, 1}, {-0.5f, 1}},
    {-2.0f / 3, 1.0f / 6}};

/// 0, ±1/2, ±4/5, ±5/4, ±2, ∞.
static const winograd_points ten_points = {
    4,
    {0.5f, 0.8f, 1.25f, 2},
    {1, -6.4525f, 11.360625f, -6.4525f, 1},
    {{-4, 9.81f, -6.2025f, 1},
     {-1.5625f, 7.640625f, -5.8125f, 1},
     {-0.64f, 3.72f, -4.89f, 1},
     {-0.25f, 1.550625f, -2.4525f, 1}},
    {-2560.0f / 2457, 390625.0f / 604422, -32768.0f / 302211, 10.0f / 2457}};

/// The filtering along one axis of an image.
typedef struct {
  const winograd_points *points;
  int taps, results;
  /// How many points there are.
  int count;
} winograd_axis;

/// Both axes of a kernel.
typedef struct {
  winograd_axis rows, columns;
} winograd_filter;

#define MOST_RESULTS 4
#define MOST_POINTS 10
/// The most pixels of a tile's inputs.
#define MOST_PIXELS 36

/// What pixels in the padding hold, for so many channels together.
#define ZERO_COUNT 512
static const float zeros[ZERO_COUNT];

/// The filtering for an axis of so many taps; without points where there is none.
static inline __attribute__((always_inline, unused)) winograd_axis winograd_axis_of(ptrdiff_t taps) {
  switch (taps) {
    case 3: return (winograd_axis){&six_points, 3, 4, 6};
    case 5: return (winograd_axis){&six_points, 5, 2, 6};
    case 7: return (winograd_axis){&ten_points, 7, 4, 10};
    default: return (winograd_axis){0, 1, 1, 1};
  }
}

static inline __attribute__((always_inline, unused)) winograd_filter winograd_filter_of(
    ptrdiff_t kernel_rows, ptrdiff_t kernel_columns) {
  return (winograd_filter){winograd_axis_of(kernel_rows), winograd_axis_of(kernel_columns)};
}

/// All kernels that there are filters for: X(rows, columns).
#define WINOGRAD_KERNELS(X) X(3, 3) X(5, 5) X(1, 3) X(3, 1) X(1, 7) X(7, 1)
