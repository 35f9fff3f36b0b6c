// Rows of a table by their numbers, and the gradient of the table. An index outside the table gives
// zeros and gets nothing.

#include "common/vector.h"

__kernel void look_up(
    const int count, const int rows, const int row_vectors, __global const float *restrict table,
    const int table_offset, __global const int *restrict indices, const int indices_offset,
    __global float *restrict result, const int result_offset) {
  FOR_EACH_VECTOR(i, count) {
    const int place = i / row_vectors, column = i % row_vectors;
    const int row = indices[indices_offset + place];
    const int inside = row >= 0 && row < rows;
    const Vector zero = 0.0f;
    STORE(inside ? LOAD(table + table_offset + (row * row_vectors + column) * VECTOR_WIDTH) : zero,
          result + result_offset + i * VECTOR_WIDTH);
  }
}

// A work-item owns the vectors (`column`, and every one a group's width after it) of `block_rows` rows of the table, and
// looks through all indices for them: sums are added in the indices' order.
__kernel void look_up_gradient(
    const int row_vectors, const int rows, const int block_rows, const int count,
    __global const int *restrict indices, const int indices_offset,
    __global const float *restrict gradient, const int gradient_offset,
    __global float *restrict result, const int result_offset) {
  const int lane = get_global_id(0), lanes = get_global_size(0);
  const int first = (int)get_global_id(1) * block_rows, last = min(first + block_rows, rows);
  result += result_offset;
  gradient += gradient_offset;
  for (int row = first; row < last; row++)
    for (int column = lane; column < row_vectors; column += lanes)
      STORE((Vector)(0.0f), result + (row * row_vectors + column) * VECTOR_WIDTH);
  for (int place = 0; place < count; place++) {
    const int row = indices[indices_offset + place];
    if (row < first || row >= last) continue;
    for (int column = lane; column < row_vectors; column += lanes) {
      __global float *target = result + (row * row_vectors + column) * VECTOR_WIDTH;
      STORE(LOAD(target) + LOAD(gradient + (place * row_vectors + column) * VECTOR_WIDTH), target);
    }
  }
}
