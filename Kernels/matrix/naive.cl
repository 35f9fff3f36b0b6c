// The product of two matrices by its definition, one work-item an element: the reference.

#include "common/epilogue.h"

#ifndef TRANSPOSES_LEFT
#define TRANSPOSES_LEFT 0
#endif
#ifndef TRANSPOSES_RIGHT
#define TRANSPOSES_RIGHT 0
#endif

__kernel void product(
    const int rows, const int columns, const int depth, __global const float *left,
    const int left_offset, __global const float *right, const int right_offset,
    BIAS_PARAMETER RESIDUAL_PARAMETER __global float *result, const int result_offset) {
  const int index = get_global_id(0);
  if (index >= rows * columns) return;
  const int row = index / columns, column = index % columns;
  float sum = 0.0f;
  for (int k = 0; k < depth; k++)
    sum += left[left_offset + (TRANSPOSES_LEFT ? k * rows + row : row * depth + k)] *
           right[right_offset + (TRANSPOSES_RIGHT ? column * depth + k : k * columns + column)];
  Vector value;
  FINISH(sum, column, index, value);
  result[result_offset + index] = value;
}
