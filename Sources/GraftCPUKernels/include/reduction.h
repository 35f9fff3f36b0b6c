#pragma once
#include <stddef.h>

// Sums whose order depends on the extents alone.

/// sums[c] = the sum of values[r, c] over r.
void graft_sum_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *sums);
/// maxima[c] = the maximum of values[r, c] over r.
void graft_maximum_of_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *maxima);
/// results[r, c] = gradients[c] at the first r where values[r, c] is the maximum of its column, else 0.
void graft_maximum_of_rows_gradient(const float *values, const float *gradients, ptrdiff_t rows,
                                    ptrdiff_t columns, float *results);
/// The sum of all values.
float graft_sum(const float *values, ptrdiff_t count);
/// The sum of the squares of all values.
float graft_sum_of_squares(const float *values, ptrdiff_t count);
