// A tensor times a number, a tensor of one number, and the moving average of a statistic. Results
// may take the place of operands.

#include "common/vector.h"

__kernel void scale(
    const int count, const float factor, __global const float *x, const int x_offset,
    __global float *y, const int y_offset) {
  FOR_EACH_VECTOR(i, count)
    STORE(LOAD(x + x_offset + i * VECTOR_WIDTH) * factor, y + y_offset + i * VECTOR_WIDTH);
}

__kernel void fill(
    const int count, const float value, __global float *y, const int y_offset) {
  FOR_EACH_VECTOR(i, count) STORE((Vector)(value), y + y_offset + i * VECTOR_WIDTH);
}

// running * decay + batch * share.
__kernel void moving_average(
    const int count, const float decay, const float share, __global const float *running,
    const int running_offset, __global const float *batch, const int batch_offset,
    __global float *result, const int result_offset) {
  FOR_EACH_VECTOR(i, count) {
    const Vector old = LOAD(running + running_offset + i * VECTOR_WIDTH);
    const Vector new = LOAD(batch + batch_offset + i * VECTOR_WIDTH);
    STORE(old * decay + new * share, result + result_offset + i * VECTOR_WIDTH);
  }
}
