#include "include/depthwise.h"

#define VECTORIZED_SOURCE "depthwise.h"
#include "vectorized/each_level.h"

void graft_depthwise_rows(const graft_depthwise *shape, const float *images, const float *kernel,
                          const graft_epilogue *epilogue, float *output, ptrdiff_t first,
                          ptrdiff_t end) {
  DISPATCH(depthwise_rows, shape, images, kernel, epilogue, output, first, end)
}

void graft_depthwise_input_gradient(const graft_depthwise *shape, const float *output_gradient,
                                    const float *kernel, float *gradient, ptrdiff_t first,
                                    ptrdiff_t end) {
  DISPATCH(depthwise_input_gradient, shape, output_gradient, kernel, gradient, first, end)
}

void graft_depthwise_kernel_gradient(const graft_depthwise *shape, const float *images,
                                     const float *output_gradient, float *gradient,
                                     ptrdiff_t first, ptrdiff_t end) {
  DISPATCH(depthwise_kernel_gradient, shape, images, output_gradient, gradient, first, end)
}
