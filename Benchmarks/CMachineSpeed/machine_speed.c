#include "include/CMachineSpeed.h"

// More sums than latency times units of any present core, and no more than its registers hold.
#define SUMS 12

// Each `vec` is one register, so that nothing but multiply-adds is in the loop. The empty assembly
// keeps the compiler from computing the sums ahead.
#define MULTIPLY_ADD(name, lanes, attributes)                                       \
  attributes static double name(ptrdiff_t rounds) {                                 \
    typedef float vec __attribute__((vector_size(4 * lanes), aligned(4)));          \
    vec sums[SUMS], factor = (vec){} + 0.999f, term = (vec){} + 0.001f;             \
    __asm__ volatile("" : "+m"(factor), "+m"(term));                                \
    for (int i = 0; i < SUMS; i++) sums[i] = term * (float)i;                            \
    for (ptrdiff_t round = 0; round < rounds; round++) {                            \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {           \
        sums[i] = sums[i] * factor + term;                                          \
      }                                                                             \
    }                                                                               \
    for (int i = 0; i < SUMS; i++) __asm__ volatile("" : : "m"(sums[i]));           \
    return 2.0 * lanes * SUMS * (double)rounds;                                     \
  }

#define SUM(name, lanes, attributes)                                                \
  attributes static float name(const float *values, ptrdiff_t count) {              \
    typedef float vec __attribute__((vector_size(4 * lanes), aligned(4)));          \
    vec sums[4] = {};                                                               \
    ptrdiff_t i = 0;                                                                \
    for (; i + 4 * lanes <= count; i += 4 * lanes) {                                \
      for (int k = 0; k < 4; k++) sums[k] += *(const vec *)(values + i + k * lanes); \
    }                                                                               \
    vec all = (sums[0] + sums[1]) + (sums[2] + sums[3]);                            \
    float total = 0;                                                                \
    for (int k = 0; k < lanes; k++) total += all[k];                                \
    for (; i < count; i++) total += values[i];                                      \
    return total;                                                                   \
  }

#if defined(__x86_64__)
MULTIPLY_ADD(multiply_add_v4, 16, __attribute__((target("avx512f"))))
MULTIPLY_ADD(multiply_add_v3, 8, __attribute__((target("avx2,fma"))))
SUM(sum_v4, 16, __attribute__((target("avx512f"))))
SUM(sum_v3, 8, __attribute__((target("avx2,fma"))))
#endif
MULTIPLY_ADD(multiply_add_base, 4, )
SUM(sum_base, 4, )

double machine_speed_multiply_add(ptrdiff_t rounds) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return multiply_add_v4(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return multiply_add_v3(rounds);
  }
#endif
  return multiply_add_base(rounds);
}

float machine_speed_sum(const float *values, ptrdiff_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return sum_v4(values, count);
  if (__builtin_cpu_supports("avx2")) return sum_v3(values, count);
#endif
  return sum_base(values, count);
}
