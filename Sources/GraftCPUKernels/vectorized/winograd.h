#include "exponential.h"
#include "activation_values.h"
#include "gemm_tile.h"
#include "winograd_tiles.h"

// Tiles transformed together, and panels of output channels multiplied together.
#define BLOCK_TILES 48
#define BLOCK_PANELS 2
// What keeps rows, and the planes of the points, from falling into the same part of a cache.
#define ROW_PADDING 16
#define PLANE_PADDING 16
#define MAXIMUM_DEPTH (LANES == 16 ? 128 : 256)

static ptrdiff_t NAME(winograd_block_tiles)(void) { return BLOCK_TILES; }

static ptrdiff_t NAME(winograd_scratch_count)(const graft_winograd *shape) {
  return graft_winograd_point_count(shape) *
         (BLOCK_TILES * (shape->input_channels + ROW_PADDING + BLOCK_PANELS * TILE_COLUMNS) +
          2 * PLANE_PADDING);
}

INLINE void NAME(pack_filter)(const winograd_filter filter, const float *kernel,
                              const graft_winograd_kernel *strides, ptrdiff_t input_channels,
                              ptrdiff_t output_channels, ptrdiff_t first_panel,
                              ptrdiff_t end_panel, float *packed) {
  const int height = filter.rows.count, width = filter.columns.count;
  const ptrdiff_t panels = (output_channels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t plane = panels * TILE_COLUMNS * input_channels;
  for (ptrdiff_t panel = first_panel; panel < end_panel; panel++) {
    for (ptrdiff_t i = 0; i < input_channels; i++) {
      for (ptrdiff_t v = 0; v < TILE_COLUMNS; v += LANES) {
        const ptrdiff_t first = panel * TILE_COLUMNS + v, left = output_channels - first;
        vec rows[MOST_POINTS][MOST_POINTS], factors[MOST_POINTS];
        for (int y = 0; y < filter.rows.taps; y++) {
          vec taps[MOST_POINTS] = {0};
          for (int x = 0; x < filter.columns.taps; x++) {
            const float *from = kernel + y * strides->row_stride + x * strides->column_stride +
                                i * strides->input_stride + first * strides->output_stride;
            if (strides->output_stride == 1 && left >= LANES) {
              taps[x] = load(from);
            } else {
              for (ptrdiff_t lane = 0; lane < LANES && lane < left; lane++) {
                taps[x][lane] = from[lane * strides->output_stride];
              }
            }
          }
          NAME(transform_kernel)(filter.columns, taps, rows[y]);
        }
        for (int x = 0; x < width; x++) {
          vec column[MOST_POINTS];
          for (int y = 0; y < filter.rows.taps; y++) column[y] = rows[y][x];
          NAME(transform_kernel)(filter.rows, column, factors);
          float *to = packed + x * plane + (panel * input_channels + i) * TILE_COLUMNS + v;
          for (int y = 0; y < height; y++) store(to + width * y * plane, factors[y]);
        }
      }
    }
  }
}

static void NAME(winograd_pack)(const graft_winograd *shape, const float *kernel,
                                const graft_winograd_kernel *strides, ptrdiff_t first_panel,
                                ptrdiff_t end_panel, float *packed) {
#define PACK(rows, columns)                                                                   \
  if (shape->kernel_rows == rows && shape->kernel_columns == columns)                         \
    NAME(pack_filter)(winograd_filter_of(rows, columns), kernel, strides, shape->input_channels, \
                      shape->output_channels, first_panel, end_panel, packed);
  WINOGRAD_KERNELS(PACK)
#undef PACK
}

/// Transforms the sums of one tile for `count` output channels and finishes them.
INLINE void NAME(finish_tile)(const winograd_filter filter, const graft_winograd *shape,
                              const graft_epilogue *epilogue, winograd_place place,
                              ptrdiff_t channel, ptrdiff_t count, const float *sums,
                              ptrdiff_t plane) {
  const int height = filter.rows.count, width = filter.columns.count;
  vec columns[MOST_POINTS][MOST_RESULTS];
  UNROLL for (int x = 0; x < width; x++) {
    vec values[MOST_POINTS];
    UNROLL for (int y = 0; y < height; y++) values[y] = load(sums + (width * y + x) * plane);
    NAME(transform_output)(filter.rows, values, columns[x]);
  }
  const vec bias = epilogue->bias ? load_some(epilogue->bias + channel, count) : (vec)0;
  for (int y = 0; y < filter.rows.results && place.row + y < shape->output_rows; y++) {
    vec values[MOST_POINTS], results[MOST_RESULTS];
    UNROLL for (int x = 0; x < width; x++) values[x] = columns[x][y];
    NAME(transform_output)(filter.columns, values, results);
    ptrdiff_t pixel = (place.image * shape->output_rows + place.row + y) * shape->output_columns +
                      place.column;
    for (int x = 0; x < filter.columns.results && place.column + x < shape->output_columns; x++) {
      ptrdiff_t offset = (pixel + x) * shape->output_channels + channel;
      vec value = results[x] + bias;
      if (epilogue->residual) value += load_some(epilogue->residual + offset, count);
      value = activation_value(epilogue->activation, epilogue->slope, value);
      store_some(shape->output + offset, value, count);
    }
  }
}

/// Multiplies the transformed inputs of `count` tiles by one panel at one point.
INLINE void NAME(multiply_point)(const float *inputs, ptrdiff_t row_stride, ptrdiff_t channels,
                                 const float *panel, const float *next_panel, ptrdiff_t count,
                                 ptrdiff_t columns, float *sums) {
  tile_arguments tile = {.row_stride = row_stride, .step_stride = 1, .columns = columns};
  for (ptrdiff_t depth = 0; depth < channels; depth += MAXIMUM_DEPTH) {
    tile.depth = channels - depth < MAXIMUM_DEPTH ? channels - depth : MAXIMUM_DEPTH;
    tile.right = panel + depth * TILE_COLUMNS;
    tile.next_right = next_panel + depth * TILE_COLUMNS;
    tile.left = inputs + depth;
    tile.partial_out = sums;
    tile.partial_in = depth == 0 ? NULL : sums;
    NAME(run_tiles)(&tile, count);
  }
}

INLINE void NAME(filter_tiles)(const winograd_filter filter, const graft_winograd *shape,
                               const float *packed, const graft_epilogue *epilogue,
                               ptrdiff_t first_tile, ptrdiff_t end_tile, ptrdiff_t first_channel,
                               ptrdiff_t end_channel, float *scratch) {
  const int points = filter.rows.count * filter.columns.count;
  const ptrdiff_t channels = shape->input_channels, row_stride = channels + ROW_PADDING;
  const ptrdiff_t panels = (shape->output_channels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t packed_plane = panels * TILE_COLUMNS * channels;
  const ptrdiff_t plane = BLOCK_TILES * row_stride + PLANE_PADDING;
  const ptrdiff_t sums_plane = BLOCK_PANELS * BLOCK_TILES * TILE_COLUMNS + PLANE_PADDING;
  float *sums = scratch + points * plane;
  for (ptrdiff_t tile = first_tile; tile < end_tile; tile += BLOCK_TILES) {
    const ptrdiff_t count = end_tile - tile < BLOCK_TILES ? end_tile - tile : BLOCK_TILES;
    // The rows have room for a whole vector at their end.
    for (ptrdiff_t i = 0; i < count; i++) {
      NAME(transform_tile)(filter, shape, tile + i, 0, channels, scratch + i * row_stride, plane);
    }
    for (ptrdiff_t block = first_channel; block < end_channel;
         block += BLOCK_PANELS * TILE_COLUMNS) {
      ptrdiff_t stop = block + BLOCK_PANELS * TILE_COLUMNS;
      if (stop > end_channel) stop = end_channel;
      for (int point = 0; point < points; point++) {
        for (ptrdiff_t channel = block; channel < stop; channel += TILE_COLUMNS) {
          const float *panel = packed + point * packed_plane + channel * channels;
          // After a block's last panel comes its first one at the next point, then the next block.
          const float *next_panel = panel + TILE_COLUMNS * channels;
          if (channel + TILE_COLUMNS >= stop) {
            next_panel = point + 1 < points
                             ? packed + (point + 1) * packed_plane + block * channels
                             : packed + stop % (panels * TILE_COLUMNS) * channels;
          }
          NAME(multiply_point)(scratch + point * plane, row_stride, channels, panel, next_panel, count,
                               stop - channel < TILE_COLUMNS ? stop - channel : TILE_COLUMNS,
                               sums + point * sums_plane + (channel - block) * BLOCK_TILES);
        }
      }
      for (ptrdiff_t i = 0; i < count; i++) {
        winograd_place place = NAME(tile_place)(filter, shape, tile + i);
        for (ptrdiff_t channel = block; channel < stop; channel += LANES) {
          const ptrdiff_t panel = (channel - block) / TILE_COLUMNS * TILE_COLUMNS;
          const float *from =
              sums + panel * BLOCK_TILES + i * TILE_COLUMNS + (channel - block - panel);
          NAME(finish_tile)(filter, shape, epilogue, place, channel, stop - channel, from,
                            sums_plane);
        }
      }
    }
  }
}

static void NAME(winograd_tiles)(const graft_winograd *shape, const float *packed,
                                 const graft_epilogue *epilogue, ptrdiff_t first_tile,
                                 ptrdiff_t end_tile, ptrdiff_t first_channel,
                                 ptrdiff_t end_channel, float *scratch) {
#define TILES(rows, columns)                                                             \
  if (shape->kernel_rows == rows && shape->kernel_columns == columns)                    \
    NAME(filter_tiles)(winograd_filter_of(rows, columns), shape, packed, epilogue, first_tile, \
                       end_tile, first_channel, end_channel, scratch);
  WINOGRAD_KERNELS(TILES)
#undef TILES
}
#undef BLOCK_TILES
#undef BLOCK_PANELS
#undef ROW_PADDING
#undef PLANE_PADDING
#undef MAXIMUM_DEPTH
#undef TILE_COLUMNS
#undef tile_arguments
#undef winograd_place
