INLINE vec NAME(combined)(graft_combination combination, vec left, vec right) {
  switch (combination) {
    case GRAFT_ADD:
      return left + right;
    case GRAFT_SUBTRACT:
      return left - right;
    case GRAFT_MULTIPLY:
      return left * right;
  }
  return left;
}
#define combined NAME(combined)

INLINE void NAME(combine_arrays)(const graft_combination combination, const float *left,
                                 const float *right, float *results, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(results + i, combined(combination, load(left + i), load(right + i)));
  }
  if (i < count) {
    vec value = combined(combination, load_some(left + i, count - i), load_some(right + i, count - i));
    store_some(results + i, value, count - i);
  }
}

INLINE void NAME(combine_value)(const graft_combination combination, const float *left, vec right,
                                float *results, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(results + i, combined(combination, load(left + i), right));
  }
  if (i < count) {
    vec value = combined(combination, load_some(left + i, count - i), right);
    store_some(results + i, value, count - i);
  }
}

#define EACH_COMBINATION(function, ...)                            \
  switch (combination) {                                           \
    case GRAFT_ADD: return function(GRAFT_ADD, __VA_ARGS__);       \
    case GRAFT_SUBTRACT: return function(GRAFT_SUBTRACT, __VA_ARGS__); \
    case GRAFT_MULTIPLY: return function(GRAFT_MULTIPLY, __VA_ARGS__); \
  }

static void NAME(combine)(graft_combination combination, const float *left, const float *right,
                          float *results, ptrdiff_t count) {
  EACH_COMBINATION(NAME(combine_arrays), left, right, results, count)
}

static void NAME(combine_rows)(graft_combination combination, const float *left, const float *right,
                               float *results, ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t row = 0; row < rows; row++, left += columns, results += columns) {
    NAME(combine)(combination, left, right, results, columns);
  }
}

static void NAME(combine_scalar)(graft_combination combination, const float *left, float right,
                                 float *results, ptrdiff_t count) {
  EACH_COMBINATION(NAME(combine_value), left, (vec)right, results, count)
}
#undef EACH_COMBINATION
#undef combined

static void NAME(fill)(float value, float *results, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += LANES) store_some(results + i, (vec)value, count - i);
}

INLINE uint32_t NAME(mixed)(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

static void NAME(dropout)(const float *values, float *results, ptrdiff_t first, ptrdiff_t count,
                          uint32_t first_key, uint32_t second_key, uint32_t threshold,
                          float scale) {
  for (ptrdiff_t i = 0; i < count; i++) {
    uint32_t hash = NAME(mixed)((uint32_t)(first + i) ^ first_key);
    hash = NAME(mixed)(hash ^ second_key);
    results[i] = hash >= threshold ? values[i] * scale : 0;
  }
}
