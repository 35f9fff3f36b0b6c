#include "include/elementwise.h"
#include <string.h>

#define VECTORIZED_SOURCE "elementwise.h"
#include "vectorized/each_level.h"

void graft_combine(graft_combination combination, const float *left, const float *right,
                   float *results, ptrdiff_t count) {
  DISPATCH(combine, combination, left, right, results, count)
}

void graft_combine_rows(graft_combination combination, const float *left, const float *right,
                        float *results, ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(combine_rows, combination, left, right, results, rows, columns)
}

void graft_combine_scalar(graft_combination combination, const float *left, float right,
                          float *results, ptrdiff_t count) {
  DISPATCH(combine_scalar, combination, left, right, results, count)
}

void graft_fill(float value, float *results, ptrdiff_t count) {
  DISPATCH(fill, value, results, count)
}

void graft_copy_rows(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride,
                     ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    memcpy(to + row * to_stride, from + row * from_stride, (size_t)columns * sizeof(float));
  }
}

void graft_dropout(const float *values, float *results, ptrdiff_t first, ptrdiff_t count,
                   uint32_t first_key, uint32_t second_key, uint32_t threshold, float scale) {
  DISPATCH(dropout, values, results, first, count, first_key, second_key, threshold, scale)
}
