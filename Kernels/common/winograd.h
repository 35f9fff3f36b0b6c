// The transforms of Winograd's F(4x4, 3x3) in one dimension (Lavin and Gray 2016) at the points 0,
// ±√½, ±√2 and ∞, whose rounding errors are about twice those of a direct convolution.

#include "common/vector.h"

#define POINTS 36
#define ROOT_HALF 0.70710678118654752f
#define ROOT_TWO 1.41421356237309505f

// Six inputs to the factors of six products; `y` may be `x`.
void transform_input(const Vector *x, Vector *y) {
  const Vector even_half = x[4] - 2.0f * x[2], odd_half = ROOT_HALF * x[3] - ROOT_TWO * x[1];
  const Vector even_two = x[4] - 0.5f * x[2], odd_two = ROOT_TWO * x[3] - ROOT_HALF * x[1];
  const Vector first = x[0] + x[4] - 2.5f * x[2], last = x[1] + x[5] - 2.5f * x[3];
  y[0] = first;
  y[1] = even_half + odd_half;
  y[2] = even_half - odd_half;
  y[3] = even_two + odd_two;
  y[4] = even_two - odd_two;
  y[5] = last;
}

// Three taps to the other factors of six products.
void transform_kernel(const Vector *g, Vector *y) {
  const Vector even_half = (g[0] + 0.5f * g[2]) * (-1.0f / 1.5f);
  const Vector even_two = (g[0] + 2.0f * g[2]) * (1.0f / 6.0f);
  const Vector odd_half = g[1] * (-ROOT_HALF / 1.5f), odd_two = g[1] * (ROOT_TWO / 6.0f);
  y[0] = g[0];
  y[1] = even_half + odd_half;
  y[2] = even_half - odd_half;
  y[3] = even_two + odd_two;
  y[4] = even_two - odd_two;
  y[5] = g[2];
}

// Six sums of products to four results.
void transform_output(const Vector *m, Vector *y) {
  const Vector sum_half = m[1] + m[2], difference_half = m[1] - m[2];
  const Vector sum_two = m[3] + m[4], difference_two = m[3] - m[4];
  y[0] = m[0] + sum_half + sum_two;
  y[1] = ROOT_HALF * difference_half + ROOT_TWO * difference_two;
  y[2] = 0.5f * sum_half + 2.0f * sum_two;
  y[3] = 0.5f * ROOT_HALF * difference_half + 2.0f * ROOT_TWO * difference_two + m[5];
}

// Gradients of four results to those of six sums: the transposed transform of results.
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
