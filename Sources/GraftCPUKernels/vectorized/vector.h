// One SIMD vector of LANES floats and the few operations that kernels need, for the instruction
// level being compiled. No include guard: each level includes it once, with its own names.

typedef float NAME(vector) __attribute__((ext_vector_type(LANES)));
typedef float NAME(unaligned_vector) __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int32_t NAME(integers) __attribute__((ext_vector_type(LANES)));
#define vec NAME(vector)
#define unaligned_vec NAME(unaligned_vector)
#define ivec NAME(integers)

INLINE vec NAME(load)(const float *from) { return *(const unaligned_vec *)from; }
INLINE void NAME(store)(float *to, vec value) { *(unaligned_vec *)to = value; }
#define load NAME(load)
#define store NAME(store)

/// The first `count` floats, then zeros.
INLINE vec NAME(load_some)(const float *from, ptrdiff_t count) {
  if (count >= LANES) return load(from);
  vec value = 0;
  __builtin_memcpy(&value, from, (size_t)count * sizeof(float));
  return value;
}
INLINE void NAME(store_some)(float *to, vec value, ptrdiff_t count) {
  if (count >= LANES)
    store(to, value);
  else
    __builtin_memcpy(to, &value, (size_t)count * sizeof(float));
}
#define load_some NAME(load_some)
#define store_some NAME(store_some)

// The comparisons are written so that NaN passes through.
INLINE vec NAME(at_least)(vec value, vec bound) { return value < bound ? bound : value; }
INLINE vec NAME(at_most)(vec value, vec bound) { return value > bound ? bound : value; }
#define at_least NAME(at_least)
#define at_most NAME(at_most)

/// Where `value` is greater than a maximum so far; NaN is greater than all, the last one counts.
INLINE ivec NAME(is_greater)(vec value, vec maximum) {
  return (value > maximum) | (value != value);
}
#define is_greater NAME(is_greater)

INLINE float NAME(sum_of_lanes)(vec value) {
  float sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += value[lane];
  return sum;
}
#define sum_of_lanes NAME(sum_of_lanes)
