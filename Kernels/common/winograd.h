// Winograd's minimal filtering (Lavin and Gray 2016) in one dimension: F(4, 3) and F(2, 5) at the points
// 0, ±√½, ±√2 and ∞, whose rounding errors, nested, are about twice those of a direct convolution, and
// F(4, 7) at 0, ±1/2, ±4/5, ±5/4, ±2 and ∞. ROW_TAPS and COLUMN_TAPS say which filters a kernel has along
// its axes, 1 that it has none.

#include "common/vector.h"

#ifndef ROW_TAPS
#define ROW_TAPS 3
#endif
#ifndef COLUMN_TAPS
#define COLUMN_TAPS 3
#endif
#define POINTS_OF(taps) ((taps) == 1 ? 1 : (taps) == 7 ? 10 : 6)
#define RESULTS_OF(taps) ((taps) == 1 ? 1 : (taps) == 5 ? 2 : 4)
#define ROW_POINTS POINTS_OF(ROW_TAPS)
#define COLUMN_POINTS POINTS_OF(COLUMN_TAPS)
#define ROW_RESULTS RESULTS_OF(ROW_TAPS)
#define COLUMN_RESULTS RESULTS_OF(COLUMN_TAPS)
#define POINTS (ROW_POINTS * COLUMN_POINTS)
#define ROOT_HALF 0.70710678118654752f
#define ROOT_TWO 1.41421356237309505f

// The values at ±p of what inputs stand for: a factor of even and one of odd powers.
#define PAIR(y, i, even_part, odd_part)                \
  {                                                    \
    const Vector even = even_part, odd = odd_part;     \
    y[i] = even + odd;                                 \
    y[i + 1] = even - odd;                             \
  }

// Inputs to the factors of products.
void transform_input(const int taps, const Vector *x, Vector *y) {
  if (taps == 1) {
    y[0] = x[0];
  } else if (taps == 7) {
    y[0] = x[0] + x[8] - 6.4525f * (x[2] + x[6]) + 11.360625f * x[4];
    PAIR(y, 1, x[8] - 4.0f * x[2] + 9.81f * x[4] - 6.2025f * x[6],
         0.5f * (x[7] - 4.0f * x[1] + 9.81f * x[3] - 6.2025f * x[5]))
    PAIR(y, 3, x[8] - 1.5625f * x[2] + 7.640625f * x[4] - 5.8125f * x[6],
         0.8f * (x[7] - 1.5625f * x[1] + 7.640625f * x[3] - 5.8125f * x[5]))
    PAIR(y, 5, x[8] - 0.64f * x[2] + 3.72f * x[4] - 4.89f * x[6],
         1.25f * (x[7] - 0.64f * x[1] + 3.72f * x[3] - 4.89f * x[5]))
    PAIR(y, 7, x[8] - 0.25f * x[2] + 1.550625f * x[4] - 2.4525f * x[6],
         2.0f * (x[7] - 0.25f * x[1] + 1.550625f * x[3] - 2.4525f * x[5]))
    y[9] = x[1] + x[9] - 6.4525f * (x[3] + x[7]) + 11.360625f * x[5];
  } else {
    y[0] = x[0] + x[4] - 2.5f * x[2];
    PAIR(y, 1, x[4] - 2.0f * x[2], ROOT_HALF * x[3] - ROOT_TWO * x[1])
    PAIR(y, 3, x[4] - 0.5f * x[2], ROOT_TWO * x[3] - ROOT_HALF * x[1])
    y[5] = x[1] + x[5] - 2.5f * x[3];
  }
}

// Taps to the other factors.
void transform_kernel(const int taps, const Vector *g, Vector *y) {
  y[0] = g[0];
  if (taps == 3) {
    PAIR(y, 1, (g[0] + 0.5f * g[2]) * (-1.0f / 1.5f), g[1] * (-ROOT_HALF / 1.5f))
    PAIR(y, 3, (g[0] + 2.0f * g[2]) * (1.0f / 6.0f), g[1] * (ROOT_TWO / 6.0f))
    y[5] = g[2];
  } else if (taps == 5) {
    PAIR(y, 1, (g[0] + 0.5f * g[2] + 0.25f * g[4]) * (-1.0f / 1.5f),
         (g[1] + 0.5f * g[3]) * (-ROOT_HALF / 1.5f))
    PAIR(y, 3, (g[0] + 2.0f * g[2] + 4.0f * g[4]) * (1.0f / 6.0f),
         (g[1] + 2.0f * g[3]) * (ROOT_TWO / 6.0f))
    y[5] = g[4];
  } else if (taps == 7) {
    PAIR(y, 1, (g[0] + 0.25f * g[2] + 0.0625f * g[4] + 0.015625f * g[6]) * (-2560.0f / 2457.0f),
         (g[1] + 0.25f * g[3] + 0.0625f * g[5]) * (-1280.0f / 2457.0f))
    PAIR(y, 3, (g[0] + 0.64f * g[2] + 0.4096f * g[4] + 0.262144f * g[6]) * (390625.0f / 604422.0f),
         (g[1] + 0.64f * g[3] + 0.4096f * g[5]) * (312500.0f / 604422.0f))
    PAIR(y, 5,
         (g[0] + 1.5625f * g[2] + 2.44140625f * g[4] + 3.814697265625f * g[6]) *
             (-32768.0f / 302211.0f),
         (g[1] + 1.5625f * g[3] + 2.44140625f * g[5]) * (-40960.0f / 302211.0f))
    PAIR(y, 7, (g[0] + 4.0f * g[2] + 16.0f * g[4] + 64.0f * g[6]) * (10.0f / 2457.0f),
         (g[1] + 4.0f * g[3] + 16.0f * g[5]) * (20.0f / 2457.0f))
    y[9] = g[6];
  }
}

// Sums of products to results.
void transform_output(const int taps, const Vector *m, Vector *y) {
  if (taps == 1) {
    y[0] = m[0];
    return;
  }
  const Vector sum_1 = m[1] + m[2], difference_1 = m[1] - m[2];
  const Vector sum_2 = m[3] + m[4], difference_2 = m[3] - m[4];
  if (taps == 7) {
    const Vector sum_3 = m[5] + m[6], difference_3 = m[5] - m[6];
    const Vector sum_4 = m[7] + m[8], difference_4 = m[7] - m[8];
    y[0] = m[0] + sum_1 + sum_2 + sum_3 + sum_4;
    y[1] = 0.5f * difference_1 + 0.8f * difference_2 + 1.25f * difference_3 + 2.0f * difference_4;
    y[2] = 0.25f * sum_1 + 0.64f * sum_2 + 1.5625f * sum_3 + 4.0f * sum_4;
    y[3] = 0.125f * difference_1 + 0.512f * difference_2 + 1.953125f * difference_3 +
           8.0f * difference_4 + m[9];
    return;
  }
  y[0] = m[0] + sum_1 + sum_2;
  y[1] = ROOT_HALF * difference_1 + ROOT_TWO * difference_2;
  if (taps == 5) {
    y[1] += m[5];
  } else {
    y[2] = 0.5f * sum_1 + 2.0f * sum_2;
    y[3] = 0.5f * ROOT_HALF * difference_1 + 2.0f * ROOT_TWO * difference_2 + m[5];
  }
}

// For 3 taps, gradients of four results to those of six sums: the transposed transform of results.
void transform_output_gradient(const Vector *y, Vector *m) {
  const Vector even_half = y[0] + 0.5f * y[2], odd_half = ROOT_HALF * (y[1] + 0.5f * y[3]);
  const Vector even_two = y[0] + 2.0f * y[2], odd_two = ROOT_TWO * (y[1] + 2.0f * y[3]);
  m[0] = y[0];
  m[1] = even_half + odd_half;
  m[2] = even_half - odd_half;
  m[3] = even_two + odd_two;
  m[4] = even_two - odd_two;
  m[5] = y[3];
}

// Gradients of six factors to those of three taps: the transposed transform of taps.
void transform_kernel_gradient(const Vector *y, Vector *g) {
  const Vector sum_half = y[1] + y[2], difference_half = y[1] - y[2];
  const Vector sum_two = y[3] + y[4], difference_two = y[3] - y[4];
  g[0] = y[0] - (1.0f / 1.5f) * sum_half + (1.0f / 6.0f) * sum_two;
  g[1] = (ROOT_TWO / 6.0f) * difference_two - (ROOT_HALF / 1.5f) * difference_half;
  g[2] = y[5] + (1.0f / 3.0f) * (sum_two - sum_half);
}

// The second half of the transform of a tile's pixels, along its rows, whose columns are transformed:
// stored point by point, `plane` floats apart.
void store_factors(
    const Vector columns[COLUMN_POINTS][ROW_POINTS], __global float *target, const int plane) {
#pragma unroll
  for (int y = 0; y < ROW_POINTS; y++) {
    Vector line[COLUMN_POINTS], factors[COLUMN_POINTS];
#pragma unroll
    for (int x = 0; x < COLUMN_POINTS; x++) line[x] = columns[x][y];
    transform_input(COLUMN_TAPS, line, factors);
#pragma unroll
    for (int x = 0; x < COLUMN_POINTS; x++) STORE(factors[x], target + (COLUMN_POINTS * y + x) * plane);
  }
}

// The results of a tile from the sums of its products, which lie `plane` floats apart.
void load_results(
    __global const float *sums, const int plane, Vector results[ROW_RESULTS][COLUMN_RESULTS]) {
  Vector columns[COLUMN_POINTS][ROW_RESULTS];
#pragma unroll
  for (int x = 0; x < COLUMN_POINTS; x++) {
    Vector values[ROW_POINTS];
#pragma unroll
    for (int y = 0; y < ROW_POINTS; y++) values[y] = LOAD(sums + (COLUMN_POINTS * y + x) * plane);
    transform_output(ROW_TAPS, values, columns[x]);
  }
#pragma unroll
  for (int y = 0; y < ROW_RESULTS; y++) {
    Vector line[COLUMN_POINTS];
#pragma unroll
    for (int x = 0; x < COLUMN_POINTS; x++) line[x] = columns[x][y];
    transform_output(COLUMN_TAPS, line, results[y]);
  }
}
