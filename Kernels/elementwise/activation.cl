// An activation of each element, or its gradient. x and y, or gradient and result, may be the same.

#include "common/activation.h"

__kernel void activate(
    const int count, __global const float *x, const int x_offset, __global float *y,
    const int y_offset) {
  FOR_EACH_VECTOR(i, count) {
    const Vector v = LOAD(x + x_offset + i * VECTOR_WIDTH);
    STORE(ACTIVATE(v), y + y_offset + i * VECTOR_WIDTH);
  }
}

// `saved` is the activation's result or input, whichever its slope is told from.
__kernel void activation_gradient(
    const int count, __global const float *saved, const int saved_offset,
    __global const float *gradient, const int gradient_offset, __global float *result,
    const int result_offset) {
  FOR_EACH_VECTOR(i, count) {
    const Vector v = LOAD(saved + saved_offset + i * VECTOR_WIDTH);
    const Vector g = LOAD(gradient + gradient_offset + i * VECTOR_WIDTH);
    STORE(ACTIVATION_SLOPE(v) * g, result + result_offset + i * VECTOR_WIDTH);
  }
}
