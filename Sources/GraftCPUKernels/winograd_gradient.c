#include "include/winograd.h"
#include "include/gemm.h"
#include "vectorized/winograd_filters.h"

#define VECTORIZED_SOURCE "winograd_gradient.h"
#include "vectorized/each_level.h"

ptrdiff_t graft_winograd_gradient_block_inputs(void) { DISPATCH(winograd_gradient_block_inputs) }
ptrdiff_t graft_winograd_gradient_block_outputs(void) { DISPATCH(winograd_gradient_block_outputs) }

ptrdiff_t graft_winograd_gradient_factor_count(const graft_winograd *shape) {
  DISPATCH(winograd_gradient_factor_count, shape)
}

ptrdiff_t graft_winograd_gradient_scratch_count(void) { DISPATCH(winograd_gradient_scratch_count) }

void graft_winograd_gradient_factors(const graft_winograd *shape, const float *gradient,
                                     ptrdiff_t first_tile, ptrdiff_t first, ptrdiff_t end,
                                     ptrdiff_t capacity, float *factors) {
  DISPATCH(winograd_gradient_factors, shape, gradient, first_tile, first, end, capacity, factors)
}

void graft_winograd_gradient_products(const graft_winograd *shape, const float *factors,
                                      ptrdiff_t capacity, ptrdiff_t count, ptrdiff_t first_input,
                                      ptrdiff_t first_output, bool adds, float *result,
                                      float *scratch) {
  DISPATCH(winograd_gradient_products, shape, factors, capacity, count, first_input, first_output,
           adds, result, scratch)
}
