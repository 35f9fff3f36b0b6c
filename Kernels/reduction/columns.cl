// Reduces the rows of each of N matrices to one row: (N, rows, columns) to (N, chunks, columns) and,
// in a second pass over the chunks, to (N, columns).
//
// REDUCTION is SUM or MAXIMUM. The first axis counts column vectors, the second chunks of rows, the
// third matrices. Every result is multiplied by `factor`.

#include "common/vector.h"

#define SUM 0
#define MAXIMUM 1
#ifndef REDUCTION
#define REDUCTION SUM
#endif

#if REDUCTION == SUM
#define REDUCE(a, b) ((a) + (b))
#else
// A NaN wins.
#define REDUCE(a, b) CHOOSE(((b) > (a)) | isnan(b), b, a)
#endif

__kernel void reduce_columns(
    const int column_vectors, const int rows, const int rows_per_chunk, const float factor,
    __global const float *restrict x, const int x_offset, __global float *restrict y,
    const int y_offset) {
  const int column = get_global_id(0), chunk = get_global_id(1), matrix = get_global_id(2);
  if (column >= column_vectors) return;
  const int first = chunk * rows_per_chunk, last = min(first + rows_per_chunk, rows);
  const int stride = column_vectors * VECTOR_WIDTH;
  __global const float *matrix_column =
      x + x_offset + matrix * rows * stride + column * VECTOR_WIDTH;
  Vector total;
  FOR_EACH_BLOCK(start, first, last) {
    Vector block_total = LOAD(matrix_column + start * stride);
    FOR_BLOCK(row, start + 1, min(start + SUM_BLOCK, last)) {
      const Vector value = LOAD(matrix_column + row * stride);
      block_total = REDUCE(block_total, value);
    }
    total = start == first ? block_total : REDUCE(total, block_total);
  }
  STORE(total * factor,
        y + y_offset + (matrix * (int)get_global_size(1) + chunk) * stride + column * VECTOR_WIDTH);
}
