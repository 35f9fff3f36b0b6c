// The transforms of F(4 x 4, 3 x 3) at the points 0, ±√½, ±√2 and ∞, in one dimension.

#define ROOT_HALF 0.70710678118654752f
#define ROOT_TWO 1.41421356237309505f

/// Six inputs to six products' factors.
INLINE void NAME(transform_input)(const vec x[6], vec y[6]) {
  vec even_half = x[4] - 2.0f * x[2], odd_half = ROOT_HALF * x[3] - ROOT_TWO * x[1];
  vec even_two = x[4] - 0.5f * x[2], odd_two = ROOT_TWO * x[3] - ROOT_HALF * x[1];
  y[0] = x[0] + x[4] - 2.5f * x[2];
  y[1] = even_half + odd_half;
  y[2] = even_half - odd_half;
  y[3] = even_two + odd_two;
  y[4] = even_two - odd_two;
  y[5] = x[1] + x[5] - 2.5f * x[3];
}

/// Three taps to six products' factors.
INLINE void NAME(transform_kernel)(const vec g[3], vec y[6]) {
  vec even_half = (g[0] + 0.5f * g[2]) * (-1.0f / 1.5f), odd_half = g[1] * (-ROOT_HALF / 1.5f);
  vec even_two = (g[0] + 2.0f * g[2]) * (1.0f / 6), odd_two = g[1] * (ROOT_TWO / 6);
  y[0] = g[0];
  y[1] = even_half + odd_half;
  y[2] = even_half - odd_half;
  y[3] = even_two + odd_two;
  y[4] = even_two - odd_two;
  y[5] = g[2];
}

/// Six sums of products to four outputs.
INLINE void NAME(transform_output)(const vec m[6], vec y[4]) {
  vec sum_half = m[1] + m[2], difference_half = m[1] - m[2];
  vec sum_two = m[3] + m[4], difference_two = m[3] - m[4];
  y[0] = m[0] + sum_half + sum_two;
  y[1] = ROOT_HALF * difference_half + ROOT_TWO * difference_two;
  y[2] = 0.5f * sum_half + 2.0f * sum_two;
  y[3] = 0.5f * ROOT_HALF * difference_half + 2.0f * ROOT_TWO * difference_two + m[5];
}

/// The transposed transform of outputs: gradients of four outputs to those of six sums.
INLINE void NAME(transform_output_gradient)(const vec y[4], vec m[6]) {
  vec even_half = y[0] + 0.5f * y[2], odd_half = ROOT_HALF * (y[1] + 0.5f * y[3]);
  vec even_two = y[0] + 2.0f * y[2], odd_two = ROOT_TWO * (y[1] + 2.0f * y[3]);
  m[0] = y[0];
  m[1] = even_half + odd_half;
  m[2] = even_half - odd_half;
  m[3] = even_two + odd_two;
  m[4] = even_two - odd_two;
  m[5] = y[3];
}

/// The transposed transform of taps: gradients of six factors to those of three taps.
INLINE void NAME(transform_kernel_gradient)(const vec y[6], vec g[3]) {
  vec sum_half = y[1] + y[2], difference_half = y[1] - y[2];
  vec sum_two = y[3] + y[4], difference_two = y[3] - y[4];
  g[0] = y[0] - (1.0f / 1.5f) * sum_half + (1.0f / 6) * sum_two;
  g[1] = (ROOT_TWO / 6) * difference_two - (ROOT_HALF / 1.5f) * difference_half;
  g[2] = y[5] + (1.0f / 3) * (sum_two - sum_half);
}
#undef ROOT_HALF
#undef ROOT_TWO
