#include "include/softmax.h"

#define VECTORIZED_SOURCE "softmax.h"
#include "vectorized/each_level.h"

void graft_softmax_rows(const float *values, float *results, ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(softmax_rows, values, results, rows, columns)
}

void graft_softmax_gradient_rows(const float *softmax, const float *gradients, float *results,
                                 ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(softmax_gradient_rows, softmax, gradients, results, rows, columns)
}

float graft_loss_of_row(graft_loss loss, float smoothing, const float *predictions,
                        const float *targets, ptrdiff_t columns) {
  DISPATCH(loss_of_row, loss, smoothing, predictions, targets, columns)
}

void graft_loss_gradient_of_row(graft_loss loss, float smoothing, float factor,
                                const float *predictions, const float *targets, float *results,
                                ptrdiff_t columns) {
  DISPATCH(loss_gradient_of_row, loss, smoothing, factor, predictions, targets, results, columns)
}
