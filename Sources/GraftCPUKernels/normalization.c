#include "include/normalization.h"

#define VECTORIZED_SOURCE "normalization.h"
#include "vectorized/each_level.h"

void graft_normalize_rows(const float *values, const float *center, const float *scale,
                          const float *shift, float *results, ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(normalize_rows, values, center, scale, shift, results, rows, columns)
}

void graft_moments_of_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *means,
                           float *squares) {
  DISPATCH(moments_of_rows, values, rows, columns, means, squares)
}

void graft_merge_moments(const float *means, const float *squares, ptrdiff_t parts,
                         ptrdiff_t rows_per_part, ptrdiff_t rows, ptrdiff_t columns, float *mean,
                         float *variance) {
  DISPATCH(merge_moments, means, squares, parts, rows_per_part, rows, columns, mean, variance)
}

void graft_normalization_sums(const float *values, const float *gradients, const float *center,
                              ptrdiff_t rows, ptrdiff_t columns, float *gradient_sums,
                              float *product_sums) {
  DISPATCH(normalization_sums, values, gradients, center, rows, columns, gradient_sums,
           product_sums)
}

void graft_normalization_gradient_rows(const float *values, const float *gradients,
                                       const float *center, const float *factor,
                                       const float *slope, const float *offset, float *results,
                                       ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(normalization_gradient_rows, values, gradients, center, factor, slope, offset, results,
           rows, columns)
}

void graft_layer_normalize_rows(const float *values, const float *gamma, const float *beta,
                                float epsilon, float *results, ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(layer_normalize_rows, values, gamma, beta, epsilon, results, rows, columns)
}

void graft_layer_normalization_gradient_rows(const float *values, const float *gamma,
                                             const float *gradients, float epsilon, float *results,
                                             ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(layer_normalization_gradient_rows, values, gamma, gradients, epsilon, results, rows,
           columns)
}

void graft_layer_normalization_sums(const float *values, const float *gradients, float epsilon,
                                    ptrdiff_t rows, ptrdiff_t columns, float *gamma_sums,
                                    float *beta_sums) {
  DISPATCH(layer_normalization_sums, values, gradients, epsilon, rows, columns, gamma_sums,
           beta_sums)
}
