#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Windows that move over channels-last images.
typedef struct {
  ptrdiff_t channels;
  ptrdiff_t input_rows, input_columns;
  ptrdiff_t output_rows, output_columns;
  ptrdiff_t window_rows, window_columns;
  ptrdiff_t row_step, column_step;
  ptrdiff_t padding_top, padding_bottom, padding_left, padding_right;
  /// Whether a mean counts the padding as zeros.
  bool counts_padding;
} graft_windows;

/// Rows [first, end) of the output, counted over all images: each window's maximum.
void graft_maximum_pool(const graft_windows *windows, const float *images, float *output,
                        ptrdiff_t first, ptrdiff_t end);
/// Rows [first, end) of the output, counted over all images: each window's mean.
void graft_average_pool(const graft_windows *windows, const float *images, float *output,
                        ptrdiff_t first, ptrdiff_t end);

/// The gradient of one image for channels [first, end): the first maximum of a window gets the
/// window's gradient. Pointers are to the image, its gradient and its output's gradient.
void graft_maximum_pool_gradient(const graft_windows *windows, const float *image,
                                 const float *output_gradient, float *gradient, ptrdiff_t first,
                                 ptrdiff_t end);
/// The gradient of one image for channels [first, end): each element gets its share.
void graft_average_pool_gradient(const graft_windows *windows, const float *output_gradient,
                                 float *gradient, ptrdiff_t first, ptrdiff_t end);
