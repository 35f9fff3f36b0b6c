// Softmax along rows and its gradient; the result may take the place of x or of the gradient.

#include "common/rows.h"

__kernel void softmax(
    const int columns, __global const float *x, const int x_offset, __global float *y,
    const int y_offset) {
  ROW_SCRATCH
  x += x_offset + (int)get_group_id(0) * columns;
  y += y_offset + (int)get_group_id(0) * columns;
  float largest = -INFINITY;
  FOR_LANE(i, columns) largest = fmax(largest, x[i]);
  largest = ROW_MAXIMUM(largest);
  float sum = 0.0f;
  FOR_LANE(i, columns) sum += exp(x[i] - largest);
  sum = ROW_SUM(sum);
  FOR_LANE(i, columns) y[i] = exp(x[i] - largest) / sum;
}

// y * (gradient - sum of gradient * y).
__kernel void softmax_gradient(
    const int columns, __global const float *y, const int y_offset,
    __global const float *gradient, const int gradient_offset, __global float *result,
    const int result_offset) {
  ROW_SCRATCH
  const int first = (int)get_group_id(0) * columns;
  y += y_offset + first;
  gradient += gradient_offset + first;
  result += result_offset + first;
  float sum = 0.0f;
  FOR_LANE(i, columns) sum += gradient[i] * y[i];
  sum = ROW_SUM(sum);
  FOR_LANE(i, columns) result[i] = y[i] * (gradient[i] - sum);
}
