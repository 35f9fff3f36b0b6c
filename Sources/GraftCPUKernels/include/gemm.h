#pragma once
#include <stddef.h>
#include "epilogue.h"

// Products of a tall matrix with a packed one. The right operand is packed into panels of
// graft_gemm_tile_columns() columns, [panel][depth][column], the last one filled up with zeros.

/// The rows of the register tile on this processor.
ptrdiff_t graft_gemm_tile_rows(void);
/// The columns of the register tile on this processor.
ptrdiff_t graft_gemm_tile_columns(void);

/// The floats that a packed depth x columns matrix takes.
ptrdiff_t graft_gemm_packed_count(ptrdiff_t depth, ptrdiff_t columns);

/// Packs some panels of a depth x columns matrix whose element (k, j) is
/// matrix[k * depth_stride + j * column_stride]. Panels are panel_stride floats apart: more than
/// their own size where the matrix is a part of a deeper one.
void graft_gemm_pack(const float *matrix, ptrdiff_t depth_stride, ptrdiff_t column_stride,
                     ptrdiff_t depth, ptrdiff_t columns, ptrdiff_t first_panel,
                     ptrdiff_t end_panel, float *packed, ptrdiff_t panel_stride);

/// The rows of the left operand of a product, gathered from images: row p holds the values that
/// the taps of a kernel see when it stands on pixel p of a grid, zero outside the image.
typedef struct {
  /// Channels-last images, at the first channel used.
  const float *input;
  ptrdiff_t input_rows, input_columns;
  /// Floats from one pixel to the next.
  ptrdiff_t pixel_stride;
  /// The channels used.
  ptrdiff_t channels;
  ptrdiff_t tap_rows, tap_columns;
  /// Input pixels from one tap to the next (the dilation).
  ptrdiff_t tap_row_step, tap_column_step;
  /// The grid on which the kernel stands; pixel p is column p % grid_columns of its row.
  ptrdiff_t grid_rows, grid_columns;
  /// Input pixels from one grid pixel to the next (the stride).
  ptrdiff_t grid_row_step, grid_column_step;
  /// Where the first tap of grid pixel (0, 0) stands in the input (minus the padding).
  ptrdiff_t first_row, first_column;
} graft_patches;

/// Where the grid pixels of a graft_patches lie in an output of channels-last images.
typedef struct {
  float *output;
  /// Floats from one output pixel to the next.
  ptrdiff_t pixel_stride;
  ptrdiff_t output_rows, output_columns;
  /// Output pixels from one grid pixel to the next, and the place of grid pixel (0, 0).
  ptrdiff_t row_step, column_step, first_row, first_column;
} graft_placement;

/// Copies grid pixels [first_row, end_row) into rows of `to`, one after the other.
void graft_gather_patches(const graft_patches *patches, ptrdiff_t first_row, ptrdiff_t end_row,
                          float *to);

/// The epilogue alone, on rows of sums: activation(sum + bias + residual).
void graft_finish_rows(const graft_epilogue *epilogue, const float *residual, float *sums,
                       ptrdiff_t rows, ptrdiff_t columns);

/// The most rows that graft_convolve_rows takes together, a multiple of the tile's.
ptrdiff_t graft_convolve_group_rows(const graft_patches *patches);

/// The floats of scratch that graft_convolve_rows needs for a product with so many columns; where it
/// needs none, the scratch may be null.
ptrdiff_t graft_convolve_rows_scratch_count(const graft_patches *patches, ptrdiff_t columns);

/// Computes columns [first_column, end_column) of the output for grid pixels [first_row, end_row):
/// patches x packed, then the epilogue. The depth is tap_rows x tap_columns x channels, and
/// first_column a multiple of the tile's columns. Each value is summed in an order that depends on
/// the depth alone.
void graft_convolve_rows(const graft_patches *patches, const float *packed, ptrdiff_t columns,
                         const graft_placement *placement, const graft_epilogue *epilogue,
                         ptrdiff_t first_row, ptrdiff_t end_row, ptrdiff_t first_column,
                         ptrdiff_t end_column, float *scratch);

/// The floats of scratch that graft_convolve_weight_gradient needs for a block of this size.
ptrdiff_t graft_convolve_weight_gradient_scratch_count(ptrdiff_t depth, ptrdiff_t columns);

/// Computes rows [first_depth, end_depth) and columns [first_column, end_column) of
/// transpose(patches) x output_gradient, summed over grid pixels [first_row, end_row) in order.
/// `result` is the whole depth x columns matrix, its rows result_stride floats apart; row p of the
/// output's gradient starts at output_gradient + p * gradient_stride.
void graft_convolve_weight_gradient(const graft_patches *patches, const float *output_gradient,
                                    ptrdiff_t gradient_stride, float *result, ptrdiff_t columns,
                                    ptrdiff_t result_stride, ptrdiff_t first_row,
                                    ptrdiff_t end_row, ptrdiff_t first_depth, ptrdiff_t end_depth,
                                    ptrdiff_t first_column, ptrdiff_t end_column, float *scratch);
