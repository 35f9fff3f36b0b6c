#include "include/winograd.h"
#include "include/gemm.h"
#include "vectorized/winograd_filters.h"

#define VECTORIZED_SOURCE "winograd.h"
#include "vectorized/each_level.h"

bool graft_winograd_suits(ptrdiff_t kernel_rows, ptrdiff_t kernel_columns) {
#define SUITS(rows, columns) \
  if (kernel_rows == rows && kernel_columns == columns) return true;
  WINOGRAD_KERNELS(SUITS)
#undef SUITS
  return false;
}

ptrdiff_t graft_winograd_point_count(const graft_winograd *shape) {
  const winograd_filter filter = winograd_filter_of(shape->kernel_rows, shape->kernel_columns);
  return filter.rows.count * filter.columns.count;
}

ptrdiff_t graft_winograd_tile_rows(const graft_winograd *shape) {
  return winograd_axis_of(shape->kernel_rows).results;
}

ptrdiff_t graft_winograd_tile_columns(const graft_winograd *shape) {
  return winograd_axis_of(shape->kernel_columns).results;
}

ptrdiff_t graft_winograd_tile_count(const graft_winograd *shape) {
  const ptrdiff_t rows = graft_winograd_tile_rows(shape);
  const ptrdiff_t columns = graft_winograd_tile_columns(shape);
  return ((shape->output_rows + rows - 1) / rows) * ((shape->output_columns + columns - 1) / columns);
}

ptrdiff_t graft_winograd_packed_count(const graft_winograd *shape) {
  return graft_winograd_point_count(shape) *
         graft_gemm_packed_count(shape->input_channels, shape->output_channels);
}

void graft_winograd_pack(const graft_winograd *shape, const float *kernel,
                         const graft_winograd_kernel *strides, ptrdiff_t first_panel,
                         ptrdiff_t end_panel, float *packed) {
  DISPATCH(winograd_pack, shape, kernel, strides, first_panel, end_panel, packed)
}

ptrdiff_t graft_winograd_block_tiles(void) { DISPATCH(winograd_block_tiles) }

ptrdiff_t graft_winograd_scratch_count(const graft_winograd *shape) {
  DISPATCH(winograd_scratch_count, shape)
}

void graft_winograd_tiles(const graft_winograd *shape, const float *packed,
                          const graft_epilogue *epilogue, ptrdiff_t first_tile, ptrdiff_t end_tile,
                          ptrdiff_t first_channel, ptrdiff_t end_channel, float *scratch) {
  DISPATCH(winograd_tiles, shape, packed, epilogue, first_tile, end_tile, first_channel,
           end_channel, scratch)
}
