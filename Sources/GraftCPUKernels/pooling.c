#include "include/pooling.h"

#define VECTORIZED_SOURCE "pooling.h"
#include "vectorized/each_level.h"

void graft_maximum_pool(const graft_windows *windows, const float *images, float *output,
                        ptrdiff_t first, ptrdiff_t end) {
  DISPATCH(maximum_pool, windows, images, output, first, end)
}

void graft_average_pool(const graft_windows *windows, const float *images, float *output,
                        ptrdiff_t first, ptrdiff_t end) {
  DISPATCH(average_pool, windows, images, output, first, end)
}

void graft_maximum_pool_gradient(const graft_windows *windows, const float *image,
                                 const float *output_gradient, float *gradient, ptrdiff_t first,
                                 ptrdiff_t end) {
  DISPATCH(maximum_pool_gradient, windows, image, output_gradient, gradient, first, end)
}

void graft_average_pool_gradient(const graft_windows *windows, const float *output_gradient,
                                 float *gradient, ptrdiff_t first, ptrdiff_t end) {
  DISPATCH(average_pool_gradient, windows, output_gradient, gradient, first, end)
}
