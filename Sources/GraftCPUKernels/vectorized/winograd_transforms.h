// The transforms of Winograd's filtering in one dimension. Axes are constants where these are called,
// so that all that depends on them is folded.

/// Inputs to products' factors.
INLINE void NAME(transform_input)(const winograd_axis axis, const vec *x, vec *y) {
  if (axis.count == 1) {
    y[0] = x[0];
    return;
  }
  const winograd_points *points = axis.points;
  const int pairs = points->pairs;
  vec first = points->product[0] * x[0], last = points->product[0] * x[1];
  UNROLL for (int j = 1; j <= pairs; j++) {
    first += points->product[j] * x[2 * j];
    last += points->product[j] * x[2 * j + 1];
  }
  UNROLL for (int i = 0; i < pairs; i++) {
    const float point = points->point[i];
    vec even = points->cofactors[i][pairs - 1] * x[2 * pairs];
    vec odd = point * points->cofactors[i][pairs - 1] * x[2 * pairs - 1];
    UNROLL for (int j = pairs - 2; j >= 0; j--) {
      even += points->cofactors[i][j] * x[2 * j + 2];
      odd += point * points->cofactors[i][j] * x[2 * j + 1];
    }
    y[2 * i + 1] = even + odd;
    y[2 * i + 2] = even - odd;
  }
  y[0] = first;
  y[axis.count - 1] = last;
}

/// Taps to products' other factors.
INLINE void NAME(transform_kernel)(const winograd_axis axis, const vec *g, vec *y) {
  y[0] = g[0];
  if (axis.count == 1) return;
  const winograd_points *points = axis.points;
  UNROLL for (int i = 0; i < points->pairs; i++) {
    const float point = points->point[i];
    vec even = points->scale[i] * g[0], odd = points->scale[i] * point * g[1];
    float power = points->scale[i] * point * point;
    UNROLL for (int tap = 2; tap < axis.taps; tap += 2) {
      even += power * g[tap];
      if (tap + 1 < axis.taps) odd += power * point * g[tap + 1];
      power *= point * point;
    }
    y[2 * i + 1] = even + odd;
    y[2 * i + 2] = even - odd;
  }
  y[axis.count - 1] = g[axis.taps - 1];
}

/// Sums of products to results.
INLINE void NAME(transform_output)(const winograd_axis axis, const vec *m, vec *y) {
  if (axis.count == 1) {
    y[0] = m[0];
    return;
  }
  const winograd_points *points = axis.points;
  vec sum[4], difference[4];
  UNROLL for (int i = 0; i < points->pairs; i++) {
    sum[i] = m[2 * i + 1] + m[2 * i + 2];
    difference[i] = m[2 * i + 1] - m[2 * i + 2];
  }
  float powers[4] = {1, 1, 1, 1};
  UNROLL for (int result = 0; result < axis.results; result++) {
    const vec *values = result % 2 == 0 ? sum : difference;
    vec total = powers[0] * values[0];
    UNROLL for (int i = 1; i < points->pairs; i++) total += powers[i] * values[i];
    if (result == 0) total += m[0];
    if (result == axis.results - 1) total += m[axis.count - 1];
    y[result] = total;
    UNROLL for (int i = 0; i < points->pairs; i++) powers[i] *= points->point[i];
  }
}

/// The transposed transform of results: gradients of results to those of sums.
INLINE void NAME(transform_output_gradient)(const winograd_axis axis, const vec *y, vec *m) {
  const winograd_points *points = axis.points;
  m[0] = y[0];
  UNROLL for (int i = 0; i < points->pairs; i++) {
    vec even = y[0], odd = 0;
    float power = points->point[i];
    UNROLL for (int result = 1; result < axis.results; result++) {
      if (result % 2 == 0)
        even += power * y[result];
      else
        odd += power * y[result];
      power *= points->point[i];
    }
    m[2 * i + 1] = even + odd;
    m[2 * i + 2] = even - odd;
  }
  m[axis.count - 1] = y[axis.results - 1];
}

/// The transposed transform of taps: gradients of factors to those of taps.
INLINE void NAME(transform_kernel_gradient)(const winograd_axis axis, const vec *y, vec *g) {
  const winograd_points *points = axis.points;
  UNROLL for (int tap = 0; tap < axis.taps; tap++) g[tap] = 0;
  g[0] = y[0];
  UNROLL for (int i = 0; i < points->pairs; i++) {
    const vec sum = y[2 * i + 1] + y[2 * i + 2], difference = y[2 * i + 1] - y[2 * i + 2];
    float power = points->scale[i];
    UNROLL for (int tap = 0; tap < axis.taps; tap++) {
      g[tap] += power * (tap % 2 == 0 ? sum : difference);
      power *= points->point[i];
    }
  }
  g[axis.taps - 1] += y[axis.count - 1];
}
