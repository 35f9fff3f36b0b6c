#include "include/activation.h"

#define VECTORIZED_SOURCE "activation.h"
#include "vectorized/each_level.h"

void graft_activate(graft_activation activation, float slope, const float *values, float *results,
                    ptrdiff_t count) {
  DISPATCH(activate, activation, slope, values, results, count)
}

void graft_activation_gradient(graft_activation activation, float slope, const float *saved,
                               const float *gradients, float *results, ptrdiff_t count) {
  DISPATCH(activation_gradient, activation, slope, saved, gradients, results, count)
}
