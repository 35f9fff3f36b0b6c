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
#define MAXIMUM_DEPTH (LANES == 16 ? 128 : 512)

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

/// Where the results of a tile go, from its first pixel on, and what becomes of them.
typedef struct {
  float *output;
  const float *residual, *bias;
  /// Floats from one pixel, and from one line, to the next.
  ptrdiff_t pixel_stride, line_stride;
  /// The results that lie in the image.
  ptrdiff_t rows, columns;
  float lowest, highest;
} NAME(tile_results);
#define tile_results NAME(tile_results)

/// Transforms one vector of a tile's sums and finishes it; of the last vector of channels, `count` are
/// there.
INLINE void NAME(finish_vector)(const winograd_filter filter, const float *sums, ptrdiff_t plane,
                                const tile_results *to, ptrdiff_t channel, const ptrdiff_t count) {
  const int height = filter.rows.count, width = filter.columns.count;
  vec columns[MOST_POINTS][MOST_RESULTS], results[MOST_RESULTS][MOST_RESULTS];
  UNROLL for (int x = 0; x < width; x++) {
    vec values[MOST_POINTS];
    UNROLL for (int y = 0; y < height; y++) values[y] = load(sums + (width * y + x) * plane);
    NAME(transform_output)(filter.rows, values, columns[x]);
  }
  const vec bias = to->bias ? load_some(to->bias + channel, count) : (vec)0;
  UNROLL for (int y = 0; y < filter.rows.results; y++) {
    vec values[MOST_POINTS];
    UNROLL for (int x = 0; x < width; x++) values[x] = columns[x][y];
    NAME(transform_output)(filter.columns, values, results[y]);
    UNROLL for (int x = 0; x < filter.columns.results; x++) results[y][x] += bias;
  }
  if (to->residual) {
    UNROLL for (int y = 0; y < filter.rows.results; y++) {
      const float *line = to->residual + y * to->line_stride + channel;
      UNROLL for (int x = 0; x < filter.columns.results; x++) {
        if (y < to->rows && x < to->columns)
          results[y][x] += load_some(line + x * to->pixel_stride, count);
      }
    }
  }
  const vec lowest = to->lowest, highest = to->highest;
  UNROLL for (int y = 0; y < filter.rows.results; y++) {
    float *line = to->output + y * to->line_stride + channel;
    UNROLL for (int x = 0; x < filter.columns.results; x++) {
      if (y < to->rows && x < to->columns)
        store_some(line + x * to->pixel_stride, at_most(at_least(results[y][x], lowest), highest), count);
    }
  }
}

typedef void NAME(finish)(const float *sums, ptrdiff_t plane, const tile_results *to, ptrdiff_t count);
#define FINISH(rows, columns)                                                                    \
  static __attribute__((noinline)) void NAME(finish_##rows##x##columns)(                         \
      const float *sums, ptrdiff_t plane, const tile_results *to, ptrdiff_t count) {             \
    const winograd_filter filter = winograd_filter_of(rows, columns);                            \
    ptrdiff_t channel = 0;                                                                       \
    for (; channel + LANES <= count; channel += LANES)                                           \
      NAME(finish_vector)(filter, sums + channel, plane, to, channel, LANES);                    \
    if (channel < count)                                                                         \
      NAME(finish_vector)(filter, sums + channel, plane, to, channel, count - channel);          \
  }
WINOGRAD_KERNELS(FINISH)
#undef FINISH

/// Applies to a tile's results what bounds cannot express.
static void NAME(activate_results)(graft_activation activation, float slope, const tile_results *to,
                                   ptrdiff_t count) {
  for (ptrdiff_t y = 0; y < to->rows; y++) {
    for (ptrdiff_t x = 0; x < to->columns; x++) {
      float *pixel = to->output + y * to->line_stride + x * to->pixel_stride;
      for (ptrdiff_t channel = 0; channel < count; channel += LANES) {
        const vec value = load_some(pixel + channel, count - channel);
        store_some(pixel + channel, activation_value(activation, slope, value), count - channel);
      }
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

/// Transforms the sums of some tiles, [point][panel][tile][TILE_COLUMNS], for channels [first, end).
INLINE void NAME(finish_tiles)(const winograd_filter filter, NAME(finish) *finish,
                               const graft_winograd *shape, const graft_epilogue *epilogue,
                               ptrdiff_t first_tile, ptrdiff_t tiles, ptrdiff_t first, ptrdiff_t end,
                               const float *sums, ptrdiff_t plane) {
  tile_arguments bounds;
  NAME(set_epilogue)(&bounds, epilogue);
  tile_results to = {.pixel_stride = shape->output_channels,
                     .line_stride = shape->output_columns * shape->output_channels,
                     .lowest = bounds.lowest,
                     .highest = bounds.highest};
  for (ptrdiff_t i = 0; i < tiles; i++) {
    const winograd_place place = NAME(tile_place)(filter, shape, first_tile + i);
    const ptrdiff_t pixel = (place.image * shape->output_rows + place.row) * shape->output_columns +
                            place.column;
    to.rows = shape->output_rows - place.row;
    to.columns = shape->output_columns - place.column;
    if (to.rows > filter.rows.results) to.rows = filter.rows.results;
    if (to.columns > filter.columns.results) to.columns = filter.columns.results;
    for (ptrdiff_t channel = first; channel < end; channel += TILE_COLUMNS) {
      const ptrdiff_t offset = pixel * shape->output_channels + channel;
      const ptrdiff_t count = end - channel < TILE_COLUMNS ? end - channel : TILE_COLUMNS;
      to.output = shape->output + offset;
      to.residual = epilogue->residual ? epilogue->residual + offset : NULL;
      to.bias = epilogue->bias ? epilogue->bias + channel : NULL;
      finish(sums + (channel - first) * BLOCK_TILES + i * TILE_COLUMNS, plane, &to, count);
      if (bounds.activation != GRAFT_IDENTITY)
        NAME(activate_results)(bounds.activation, epilogue->slope, &to, count);
    }
  }
}

INLINE void NAME(filter_tiles)(const winograd_filter filter, NAME(transform) *transform,
                               NAME(finish) *finish, const graft_winograd *shape,
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
      NAME(transform_tile)(filter, transform, shape, tile + i, 0, channels, scratch + i * row_stride,
                           plane);
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
      NAME(finish_tiles)(filter, finish, shape, epilogue, tile, count, block, stop, sums, sums_plane);
    }
  }
}

static void NAME(winograd_tiles)(const graft_winograd *shape, const float *packed,
                                 const graft_epilogue *epilogue, ptrdiff_t first_tile,
                                 ptrdiff_t end_tile, ptrdiff_t first_channel,
                                 ptrdiff_t end_channel, float *scratch) {
  NAME(transform) *transform = NULL;
  NAME(finish) *finish = NULL;
#define FUNCTIONS(rows, columns)                                         \
  if (shape->kernel_rows == rows && shape->kernel_columns == columns) {  \
    transform = NAME(transform_##rows##x##columns);                      \
    finish = NAME(finish_##rows##x##columns);                            \
  }
  WINOGRAD_KERNELS(FUNCTIONS)
#undef FUNCTIONS
  if (!transform) return;
  NAME(filter_tiles)(winograd_filter_of(shape->kernel_rows, shape->kernel_columns), transform, finish,
                     shape, packed, epilogue, first_tile, end_tile, first_channel, end_channel, scratch);
}
#undef BLOCK_TILES
#undef BLOCK_PANELS
#undef ROW_PADDING
#undef PLANE_PADDING
#undef MAXIMUM_DEPTH
#undef TILE_COLUMNS
#undef tile_arguments
#undef winograd_place
#undef tile_results
