// Stochastic gradient descent by PyTorch's formulas: d = gradient + decay * parameter, velocity =
// momentum * velocity + d. Results may take the places of their operands.

#include "common/vector.h"

#define AT(p) ((p) + p##_offset + i * VECTOR_WIDTH)

#ifndef IS_NESTEROV
#define IS_NESTEROV 0
#endif

__kernel void sgd(
    const int count, const float decay, __global const float *parameter,
    const int parameter_offset, __global const float *gradient, const int gradient_offset,
    __global const float *rate, const int rate_offset, __global float *result,
    const int result_offset) {
  FOR_EACH_VECTOR(i, count) {
    const Vector p = LOAD(AT(parameter));
    STORE(p - rate[rate_offset] * (LOAD(AT(gradient)) + decay * p), AT(result));
  }
}

__kernel void sgd_momentum(
    const int count, const float decay, const float momentum, __global const float *parameter,
    const int parameter_offset, __global const float *gradient, const int gradient_offset,
    __global const float *rate, const int rate_offset, __global const float *velocity,
    const int velocity_offset, __global float *result, const int result_offset,
    __global float *new_velocity, const int new_velocity_offset) {
  FOR_EACH_VECTOR(i, count) {
    const Vector p = LOAD(AT(parameter));
    const Vector d = LOAD(AT(gradient)) + decay * p;
    const Vector v = momentum * LOAD(AT(velocity)) + d;
    STORE(v, AT(new_velocity));
    STORE(p - rate[rate_offset] * (IS_NESTEROV ? d + momentum * v : v), AT(result));
  }
}
