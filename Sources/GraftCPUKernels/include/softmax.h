#pragma once
#include <stddef.h>

// Softmax and the losses that compare rows of predictions with rows of targets.

/// results = exp(values) / Σ exp(values), row by row; both may be one array.
void graft_softmax_rows(const float *values, float *results, ptrdiff_t rows, ptrdiff_t columns);
/// results = softmax · (gradients - Σ gradients · softmax); may be the gradients' array.
void graft_softmax_gradient_rows(const float *softmax, const float *gradients, float *results,
                                 ptrdiff_t rows, ptrdiff_t columns);

/// What a row of predictions costs.
typedef enum {
  /// Of logits against probabilities, these mixed with the uniform distribution by `smoothing`.
  GRAFT_SOFTMAX_CROSS_ENTROPY = 0,
  /// Of logits against targets in 0...1, averaged over the columns.
  GRAFT_BINARY_CROSS_ENTROPY = 1,
  /// The squared difference, averaged over the columns.
  GRAFT_MEAN_SQUARED_ERROR = 2,
} graft_loss;

/// The loss of one row.
float graft_loss_of_row(graft_loss loss, float smoothing, const float *predictions,
                        const float *targets, ptrdiff_t columns);
/// results = factor · the gradient of one row's loss; may be the predictions' array.
void graft_loss_gradient_of_row(graft_loss loss, float smoothing, float factor,
                                const float *predictions, const float *targets, float *results,
                                ptrdiff_t columns);
