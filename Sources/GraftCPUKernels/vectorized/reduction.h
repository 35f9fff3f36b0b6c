static void NAME(sum_rows)(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *sums) {
  ptrdiff_t c = 0;
  for (; c + 4 * LANES <= columns; c += 4 * LANES) {
    vec sum[4] = {0};
    const float *from = values + c;
    for (ptrdiff_t r = 0; r < rows; r++, from += columns) {
      UNROLL for (int v = 0; v < 4; v++) sum[v] += load(from + v * LANES);
    }
    UNROLL for (int v = 0; v < 4; v++) store(sums + c + v * LANES, sum[v]);
  }
  for (; c < columns; c += LANES) {
    vec sum = 0;
    for (ptrdiff_t r = 0; r < rows; r++) sum += load_some(values + r * columns + c, columns - c);
    store_some(sums + c, sum, columns - c);
  }
}

static void NAME(maximum_of_rows)(const float *values, ptrdiff_t rows, ptrdiff_t columns,
                                  float *maxima) {
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    vec maximum = (vec)-INFINITY;
    for (ptrdiff_t r = 0; r < rows; r++) {
      vec value = load_some(values + r * columns + c, columns - c);
      maximum = is_greater(value, maximum) ? value : maximum;
    }
    store_some(maxima + c, maximum, columns - c);
  }
}

static void NAME(maximum_of_rows_gradient)(const float *values, const float *gradients,
                                           ptrdiff_t rows, ptrdiff_t columns, float *results) {
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    const ptrdiff_t left = columns - c;
    vec maximum = (vec)-INFINITY;
    ivec place = 0;
    for (ptrdiff_t r = 0; r < rows; r++) {
      vec value = load_some(values + r * columns + c, left);
      place = is_greater(value, maximum) ? (ivec)(int32_t)r : place;
      maximum = is_greater(value, maximum) ? value : maximum;
    }
    vec gradient = load_some(gradients + c, left);
    for (ptrdiff_t r = 0; r < rows; r++) {
      vec value = place == (ivec)(int32_t)r ? gradient : (vec)0;
      store_some(results + r * columns + c, value, left);
    }
  }
}

static float NAME(sum)(const float *values, ptrdiff_t count) {
  vec sum[4] = {0};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= count; i += 4 * LANES) {
    UNROLL for (int v = 0; v < 4; v++) sum[v] += load(values + i + v * LANES);
  }
  for (; i < count; i += LANES) sum[0] += load_some(values + i, count - i);
  return sum_of_lanes((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

static float NAME(sum_of_squares)(const float *values, ptrdiff_t count) {
  vec sum[4] = {0};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= count; i += 4 * LANES) {
    UNROLL for (int v = 0; v < 4; v++) {
      vec value = load(values + i + v * LANES);
      sum[v] += value * value;
    }
  }
  for (; i < count; i += LANES) {
    vec value = load_some(values + i, count - i);
    sum[0] += value * value;
  }
  return sum_of_lanes((sum[0] + sum[1]) + (sum[2] + sum[3]));
}
