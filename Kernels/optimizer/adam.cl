// Adam, or AdamW where IS_DECOUPLED, by PyTorch's formulas. `corrections` holds 1 - beta1^t and
// 1 - beta2^t. Results may take the places of their operands.

#include "common/vector.h"

#define AT(p) ((p) + p##_offset + i * VECTOR_WIDTH)

#ifndef IS_DECOUPLED
#define IS_DECOUPLED 0
#endif

__kernel void adam(
    const int count, const float beta1, const float beta2, const float epsilon, const float decay,
    __global const float *parameter, const int parameter_offset, __global const float *gradient,
    const int gradient_offset, __global const float *rate, const int rate_offset,
    __global const float *corrections, const int corrections_offset,
    __global const float *first_moment, const int first_moment_offset,
    __global const float *second_moment, const int second_moment_offset, __global float *result,
    const int result_offset, __global float *new_first, const int new_first_offset,
    __global float *new_second, const int new_second_offset) {
  const float step = rate[rate_offset];
  const float size1 = step / corrections[corrections_offset];
  const float root2 = sqrt(corrections[corrections_offset + 1]);
  FOR_EACH_VECTOR(i, count) {
    Vector p = LOAD(AT(parameter));
    Vector g = LOAD(AT(gradient));
#if IS_DECOUPLED
    p -= step * decay * p;
#else
    g += decay * p;
#endif
    const Vector m = beta1 * LOAD(AT(first_moment)) + (1.0f - beta1) * g;
    const Vector v = beta2 * LOAD(AT(second_moment)) + (1.0f - beta2) * g * g;
    STORE(m, AT(new_first));
    STORE(v, AT(new_second));
    STORE(p - size1 * m / (sqrt(v) / root2 + epsilon), AT(result));
  }
}
