#include "include/reduction.h"

#define VECTORIZED_SOURCE "reduction.h"
#include "vectorized/each_level.h"

void graft_sum_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *sums) {
  DISPATCH(sum_rows, values, rows, columns, sums)
}

void graft_maximum_of_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *maxima) {
  DISPATCH(maximum_of_rows, values, rows, columns, maxima)
}

void graft_maximum_of_rows_gradient(const float *values, const float *gradients, ptrdiff_t rows,
                                    ptrdiff_t columns, float *results) {
  DISPATCH(maximum_of_rows_gradient, values, gradients, rows, columns, results)
}

float graft_sum(const float *values, ptrdiff_t count) { DISPATCH(sum, values, count) }

float graft_sum_of_squares(const float *values, ptrdiff_t count) {
  DISPATCH(sum_of_squares, values, count)
}
