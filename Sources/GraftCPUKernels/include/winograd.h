#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "epilogue.h"

// Convolutions of stride 1 in a fraction of the multiplications, by Winograd's minimal filtering (Lavin
// and Gray 2015): F(4, 3) and F(2, 5) at the points 0, ±√½, ±√2 and ∞ along an axis of 3 or 5 taps, whose
// rounding errors, nested, are about twice those of a direct convolution, and F(4, 7) at ten points along
// an axis of 7, alone, where they are about four times as large.

/// The images of such a convolution, channels last.
typedef struct {
  ptrdiff_t kernel_rows, kernel_columns;
  const float *input;
  ptrdiff_t input_rows, input_columns, input_channels;
  ptrdiff_t padding_top, padding_left;
  float *output;
  ptrdiff_t output_rows, output_columns, output_channels;
} graft_winograd;

/// Tap (y, x) from channel i to channel o lies at y * row_stride + x * column_stride +
/// i * input_stride + o * output_stride; negative strides turn the kernel, as the gradient of the input
/// wants it.
typedef struct {
  ptrdiff_t row_stride, column_stride, input_stride, output_stride;
} graft_winograd_kernel;

/// Whether there is a filter for kernels of a size: 3 x 3, 5 x 5, and lines of 3 and 7 taps.
bool graft_winograd_suits(ptrdiff_t kernel_rows, ptrdiff_t kernel_columns);

/// The products of one tile, and the rows and columns of its results.
ptrdiff_t graft_winograd_point_count(const graft_winograd *shape);
ptrdiff_t graft_winograd_tile_rows(const graft_winograd *shape);
ptrdiff_t graft_winograd_tile_columns(const graft_winograd *shape);

/// The output tiles of one image.
ptrdiff_t graft_winograd_tile_count(const graft_winograd *shape);

/// The floats that the transformed kernel takes.
ptrdiff_t graft_winograd_packed_count(const graft_winograd *shape);

/// Transforms the kernel for some panels of output channels.
void graft_winograd_pack(const graft_winograd *shape, const float *kernel,
                         const graft_winograd_kernel *strides, ptrdiff_t first_panel,
                         ptrdiff_t end_panel, float *packed);

/// The tiles that graft_winograd_tiles transforms together.
ptrdiff_t graft_winograd_block_tiles(void);

/// The floats of scratch that graft_winograd_tiles needs.
ptrdiff_t graft_winograd_scratch_count(const graft_winograd *shape);

/// Computes output channels [first_channel, end_channel) of tiles [first_tile, end_tile), counted
/// over all images; first_channel is a multiple of the GEMM tile's columns.
void graft_winograd_tiles(const graft_winograd *shape, const float *packed,
                          const graft_epilogue *epilogue, ptrdiff_t first_tile, ptrdiff_t end_tile,
                          ptrdiff_t first_channel, ptrdiff_t end_channel, float *scratch);

// The gradient of a 3 x 3 kernel by the transposed transforms: at each point, the products of the inputs'
// factors with those of the output's gradients are summed over all tiles. The shape's output is not
// used; its kernel's gradient is [3][3][input channel][output channel].

/// The input and output channels that graft_winograd_gradient_products takes together.
ptrdiff_t graft_winograd_gradient_block_inputs(void);
ptrdiff_t graft_winograd_gradient_block_outputs(void);

/// The floats of all factors of one tile.
ptrdiff_t graft_winograd_gradient_factor_count(const graft_winograd *shape);

/// The floats of scratch that graft_winograd_gradient_products needs.
ptrdiff_t graft_winograd_gradient_scratch_count(void);

/// Computes the factors of tiles [first_tile + first, first_tile + end) into their places [first, end)
/// of `factors`, which has room for `capacity` tiles.
void graft_winograd_gradient_factors(const graft_winograd *shape, const float *gradient,
                                     ptrdiff_t first_tile, ptrdiff_t first, ptrdiff_t end,
                                     ptrdiff_t capacity, float *factors);

/// Computes the kernel's gradient for a block of channels from the factors of `count` tiles, and stores
/// it or adds it to what is there.
void graft_winograd_gradient_products(const graft_winograd *shape, const float *factors,
                                      ptrdiff_t capacity, ptrdiff_t count, ptrdiff_t first_input,
                                      ptrdiff_t first_output, bool adds, float *result,
                                      float *scratch);
