#include "include/gemm.h"

#define VECTORIZED_SOURCE "gemm.h"
#include "vectorized/each_level.h"

ptrdiff_t graft_gemm_tile_rows(void) { DISPATCH(gemm_tile_rows) }
ptrdiff_t graft_gemm_tile_columns(void) { DISPATCH(gemm_tile_columns) }

ptrdiff_t graft_gemm_packed_count(ptrdiff_t depth, ptrdiff_t columns) {
  ptrdiff_t width = graft_gemm_tile_columns();
  return (columns + width - 1) / width * width * depth;
}

void graft_gemm_pack(const float *matrix, ptrdiff_t depth_stride, ptrdiff_t column_stride,
                     ptrdiff_t depth, ptrdiff_t columns, ptrdiff_t first_panel,
                     ptrdiff_t end_panel, float *packed, ptrdiff_t panel_stride) {
  DISPATCH(gemm_pack, matrix, depth_stride, column_stride, depth, columns, first_panel, end_panel,
           packed, panel_stride)
}

void graft_gather_patches(const graft_patches *patches, ptrdiff_t first_row, ptrdiff_t end_row,
                          float *to) {
  DISPATCH(gather_patches, patches, first_row, end_row, to)
}

void graft_finish_rows(const graft_epilogue *epilogue, const float *residual, float *sums,
                       ptrdiff_t rows, ptrdiff_t columns) {
  DISPATCH(finish_rows, epilogue, residual, sums, rows, columns)
}

ptrdiff_t graft_convolve_group_rows(const graft_patches *patches) {
  DISPATCH(convolve_group_rows, patches)
}

ptrdiff_t graft_convolve_rows_scratch_count(const graft_patches *patches, ptrdiff_t columns) {
  DISPATCH(convolve_rows_scratch_count, patches, columns)
}

void graft_convolve_rows(const graft_patches *patches, const float *packed, ptrdiff_t columns,
                         const graft_placement *placement, const graft_epilogue *epilogue,
                         ptrdiff_t first_row, ptrdiff_t end_row, ptrdiff_t first_column,
                         ptrdiff_t end_column, float *scratch) {
  DISPATCH(convolve_rows, patches, packed, columns, placement, epilogue, first_row, end_row,
           first_column, end_column, scratch)
}

ptrdiff_t graft_convolve_weight_gradient_scratch_count(ptrdiff_t depth, ptrdiff_t columns) {
  DISPATCH(convolve_weight_gradient_scratch_count, depth, columns)
}

void graft_convolve_weight_gradient(const graft_patches *patches, const float *output_gradient,
                                    ptrdiff_t gradient_stride, float *result, ptrdiff_t columns,
                                    ptrdiff_t result_stride, ptrdiff_t first_row,
                                    ptrdiff_t end_row, ptrdiff_t first_depth, ptrdiff_t end_depth,
                                    ptrdiff_t first_column, ptrdiff_t end_column, float *scratch) {
  DISPATCH(convolve_weight_gradient, patches, output_gradient, gradient_stride, result, columns,
           result_stride, first_row, end_row, first_depth, end_depth, first_column, end_column,
           scratch)
}
