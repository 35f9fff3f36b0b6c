#pragma once
#include <stddef.h>

// Batch normalization, per channel of rows x columns values with the channels as columns.

/// results = (values - center) · scale + shift, each of the three per channel.
void graft_normalize_rows(const float *values, const float *center, const float *scale,
                          const float *shift, float *results, ptrdiff_t rows, ptrdiff_t columns);

/// The mean of each column and the sum of the squared deviations from it.
void graft_moments_of_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *means,
                           float *squares);

/// Merges the moments of `parts` blocks of rows, all of rows_per_part but the last, into the mean
/// and the biased variance of all rows (Chan, Golub and LeVeque 1979).
void graft_merge_moments(const float *means, const float *squares, ptrdiff_t parts,
                         ptrdiff_t rows_per_part, ptrdiff_t rows, ptrdiff_t columns, float *mean,
                         float *variance);

/// The sums over rows of gradients and of gradients · (values - center).
void graft_normalization_sums(const float *values, const float *gradients, const float *center,
                              ptrdiff_t rows, ptrdiff_t columns, float *gradient_sums,
                              float *product_sums);

/// results = factor · gradients + slope · (values - center) + offset, each per channel; the
/// results may be the gradients' array.
void graft_normalization_gradient_rows(const float *values, const float *gradients,
                                       const float *center, const float *factor,
                                       const float *slope, const float *offset, float *results,
                                       ptrdiff_t rows, ptrdiff_t columns);

// Layer normalization of rows x columns values, each row by its own mean and biased variance.

/// results = gamma · (values - mean) / √(variance + epsilon) + beta, gamma and beta per column; the
/// results may be the values' array.
void graft_layer_normalize_rows(const float *values, const float *gamma, const float *beta,
                                float epsilon, float *results, ptrdiff_t rows, ptrdiff_t columns);

/// The gradient of the values; the results may be the gradients' array.
void graft_layer_normalization_gradient_rows(const float *values, const float *gamma,
                                             const float *gradients, float epsilon, float *results,
                                             ptrdiff_t rows, ptrdiff_t columns);

/// The gradients of gamma and beta from these rows.
void graft_layer_normalization_sums(const float *values, const float *gradients, float epsilon,
                                    ptrdiff_t rows, ptrdiff_t columns, float *gamma_sums,
                                    float *beta_sums);
