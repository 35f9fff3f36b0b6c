#include "exponential.h"
#include "activation_values.h"
#include "gemm_tile.h"
#include "winograd_tiles.h"

// Tiles transformed together, and panels of output channels multiplied together.
#define BLOCK_TILES 48
#define BLOCK_PANELS 2
#define ROW_PADDING 16
#define MAXIMUM_DEPTH (LANES == 16 ? 128 : 256)

static ptrdiff_t NAME(winograd_block_tiles)(void) { return BLOCK_TILES; }

static ptrdiff_t NAME(winograd_scratch_count)(ptrdiff_t input_channels) {
  return POINTS * BLOCK_TILES * (input_channels + ROW_PADDING + BLOCK_PANELS * TILE_COLUMNS);
}

static void NAME(winograd_pack)(const float *kernel, ptrdiff_t row_stride, ptrdiff_t column_stride,
                                ptrdiff_t input_stride, ptrdiff_t output_stride,
                                ptrdiff_t input_channels, ptrdiff_t output_channels,
                                ptrdiff_t first_panel, ptrdiff_t end_panel, float *packed) {
  const ptrdiff_t panels = (output_channels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t plane = panels * TILE_COLUMNS * input_channels;
  for (ptrdiff_t panel = first_panel; panel < end_panel; panel++) {
    for (ptrdiff_t i = 0; i < input_channels; i++) {
      for (ptrdiff_t v = 0; v < TILE_COLUMNS; v += LANES) {
        const ptrdiff_t first = panel * TILE_COLUMNS + v, left = output_channels - first;
        vec rows[3][6], factors[6];
        for (int y = 0; y < 3; y++) {
          vec taps[3] = {0};
          for (int x = 0; x < 3; x++) {
            const float *from =
                kernel + y * row_stride + x * column_stride + i * input_stride + first * output_stride;
            if (output_stride == 1 && left >= LANES) {
              taps[x] = load(from);
            } else {
              for (ptrdiff_t lane = 0; lane < LANES && lane < left; lane++) {
                taps[x][lane] = from[lane * output_stride];
              }
            }
          }
          NAME(transform_kernel)(taps, rows[y]);
        }
        for (int x = 0; x < 6; x++) {
          const vec column[3] = {rows[0][x], rows[1][x], rows[2][x]};
          NAME(transform_kernel)(column, factors);
          float *to = packed + x * plane + (panel * input_channels + i) * TILE_COLUMNS + v;
          for (int y = 0; y < 6; y++) store(to + 6 * y * plane, factors[y]);
        }
      }
    }
  }
}

/// Transforms the sums of one tile for `count` output channels and finishes them.
INLINE void NAME(finish_tile)(const graft_winograd *shape, const graft_epilogue *epilogue,
                              winograd_place place, ptrdiff_t channel, ptrdiff_t count,
                              const float *sums, ptrdiff_t plane) {
  vec columns[6][4];
  UNROLL for (int x = 0; x < 6; x++) {
    vec values[6];
    UNROLL for (int y = 0; y < 6; y++) values[y] = load(sums + (6 * y + x) * plane);
    NAME(transform_output)(values, columns[x]);
  }
  const vec bias = epilogue->bias ? load_some(epilogue->bias + channel, count) : (vec)0;
  for (int y = 0; y < 4 && place.row + y < shape->output_rows; y++) {
    const vec values[6] = {columns[0][y], columns[1][y], columns[2][y],
                           columns[3][y], columns[4][y], columns[5][y]};
    vec results[4];
    NAME(transform_output)(values, results);
    ptrdiff_t pixel = (place.image * shape->output_rows + place.row + y) * shape->output_columns +
                      place.column;
    for (int x = 0; x < 4 && place.column + x < shape->output_columns; x++) {
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

static void NAME(winograd_tiles)(const graft_winograd *shape, const float *packed,
                                 const graft_epilogue *epilogue, ptrdiff_t first_tile,
                                 ptrdiff_t end_tile, ptrdiff_t first_channel,
                                 ptrdiff_t end_channel, float *scratch) {
  const ptrdiff_t channels = shape->input_channels, row_stride = channels + ROW_PADDING;
  const ptrdiff_t panels = (shape->output_channels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t packed_plane = panels * TILE_COLUMNS * channels;
  const ptrdiff_t plane = BLOCK_TILES * row_stride;
  const ptrdiff_t sums_plane = BLOCK_PANELS * BLOCK_TILES * TILE_COLUMNS;
  float *sums = scratch + POINTS * plane;
  for (ptrdiff_t tile = first_tile; tile < end_tile; tile += BLOCK_TILES) {
    const ptrdiff_t count = end_tile - tile < BLOCK_TILES ? end_tile - tile : BLOCK_TILES;
    // The rows have room for a whole vector at their end.
    for (ptrdiff_t i = 0; i < count; i++) {
      NAME(transform_tile)(shape, tile + i, 0, channels, scratch + i * row_stride, plane);
    }
    for (ptrdiff_t block = first_channel; block < end_channel;
         block += BLOCK_PANELS * TILE_COLUMNS) {
      ptrdiff_t stop = block + BLOCK_PANELS * TILE_COLUMNS;
      if (stop > end_channel) stop = end_channel;
      for (int point = 0; point < POINTS; point++) {
        for (ptrdiff_t channel = block; channel < stop; channel += TILE_COLUMNS) {
          const float *panel = packed + point * packed_plane + channel * channels;
          const float *next_panel = channel + TILE_COLUMNS < stop
                                        ? panel + TILE_COLUMNS * channels
                                        : packed + (point + 1) % POINTS * packed_plane +
                                              (point + 1 < POINTS ? block : stop % (panels * TILE_COLUMNS)) * channels;
          NAME(multiply_point)(scratch + point * plane, row_stride, channels, panel, next_panel, count,
                               stop - channel < TILE_COLUMNS ? stop - channel : TILE_COLUMNS,
                               sums + point * sums_plane + (channel - block) * BLOCK_TILES);
        }
      }
      for (ptrdiff_t i = 0; i < count; i++) {
        winograd_place place = NAME(tile_place)(shape, tile + i);
        for (ptrdiff_t channel = block; channel < stop; channel += LANES) {
          const ptrdiff_t panel = (channel - block) / TILE_COLUMNS * TILE_COLUMNS;
          const float *from =
              sums + panel * BLOCK_TILES + i * TILE_COLUMNS + (channel - block - panel);
          NAME(finish_tile)(shape, epilogue, place, channel, stop - channel, from, sums_plane);
        }
      }
    }
  }
}
#undef POINTS
#undef BLOCK_TILES
#undef BLOCK_PANELS
#undef ROW_PADDING
#undef MAXIMUM_DEPTH
#undef TILE_COLUMNS
#undef tile_arguments
#undef winograd_place
