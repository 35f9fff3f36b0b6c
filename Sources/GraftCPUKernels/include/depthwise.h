#pragma once
#include <stddef.h>
#include "epilogue.h"

/// A convolution that treats each channel for itself; kernels are [row][column][channel].
typedef struct {
  ptrdiff_t channels;
  ptrdiff_t input_rows, input_columns;
  ptrdiff_t output_rows, output_columns;
  ptrdiff_t kernel_rows, kernel_columns;
  ptrdiff_t row_step, column_step;
  ptrdiff_t row_dilation, column_dilation;
  ptrdiff_t padding_top, padding_left;
} graft_depthwise;

/// Rows [first, end) of the output, counted over all images.
void graft_depthwise_rows(const graft_depthwise *shape, const float *images, const float *kernel,
                          const graft_epilogue *epilogue, float *output, ptrdiff_t first,
                          ptrdiff_t end);

/// Rows [first, end) of the images' gradient, counted over all images.
void graft_depthwise_input_gradient(const graft_depthwise *shape, const float *output_gradient,
                                    const float *kernel, float *gradient, ptrdiff_t first,
                                    ptrdiff_t end);

/// The kernel's gradient from rows [first, end) of the output's gradient.
void graft_depthwise_kernel_gradient(const graft_depthwise *shape, const float *images,
                                     const float *output_gradient, float *gradient,
                                     ptrdiff_t first, ptrdiff_t end);
