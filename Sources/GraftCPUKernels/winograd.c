#include "include/winograd.h"
#include "include/gemm.h"

#define VECTORIZED_SOURCE "winograd.h"
#include "vectorized/each_level.h"

ptrdiff_t graft_winograd_tile_count(ptrdiff_t output_rows, ptrdiff_t output_columns) {
  return ((output_rows + 3) / 4) * ((output_columns + 3) / 4);
}

ptrdiff_t graft_winograd_packed_count(ptrdiff_t input_channels, ptrdiff_t output_channels) {
  return 36 * graft_gemm_packed_count(input_channels, output_channels);
}

void graft_winograd_pack(const float *kernel, ptrdiff_t row_stride, ptrdiff_t column_stride,
                         ptrdiff_t input_stride, ptrdiff_t output_stride, ptrdiff_t input_channels,
                         ptrdiff_t output_channels, ptrdiff_t first_panel, ptrdiff_t end_panel,
                         float *packed) {
  DISPATCH(winograd_pack, kernel, row_stride, column_stride, input_stride, output_stride,
           input_channels, output_channels, first_panel, end_panel, packed)
}

ptrdiff_t graft_winograd_block_tiles(void) { DISPATCH(winograd_block_tiles) }

ptrdiff_t graft_winograd_scratch_count(ptrdiff_t input_channels) {
  DISPATCH(winograd_scratch_count, input_channels)
}

void graft_winograd_tiles(const graft_winograd *shape, const float *packed,
                          const graft_epilogue *epilogue, ptrdiff_t first_tile, ptrdiff_t end_tile,
                          ptrdiff_t first_channel, ptrdiff_t end_channel, float *scratch) {
  DISPATCH(winograd_tiles, shape, packed, epilogue, first_tile, end_tile, first_channel,
           end_channel, scratch)
}
