// The tiles of a convolution by Winograd's filtering, and the transform of their inputs.
#include "winograd_transforms.h"

/// The place of one output tile.
typedef struct {
  ptrdiff_t image, row, column;
} NAME(winograd_place);
#define winograd_place NAME(winograd_place)

INLINE winograd_place NAME(tile_place)(const winograd_filter filter, const graft_winograd *shape,
                                       ptrdiff_t tile) {
  const ptrdiff_t height = filter.rows.results, width = filter.columns.results;
  const ptrdiff_t across = (shape->output_columns + width - 1) / width;
  const ptrdiff_t down = (shape->output_rows + height - 1) / height;
  winograd_place place = {tile / (across * down), tile / across % down * height,
                          tile % across * width};
  return place;
}

/// Transforms one vector of a tile's pixels, given row by row, and stores it point by point, `plane`
/// floats apart; of the last vector of channels, `count` are there.
INLINE void NAME(transform_vector)(const winograd_filter filter, const float *const *pixels,
                                   ptrdiff_t channel, const ptrdiff_t count, float *to,
                                   ptrdiff_t plane) {
  const int height = filter.rows.count, width = filter.columns.count;
  vec columns[MOST_POINTS][MOST_POINTS];
  UNROLL for (int x = 0; x < width; x++) {
    vec values[MOST_POINTS];
    UNROLL for (int y = 0; y < height; y++) {
      values[y] = load_some(pixels[width * y + x] + channel, count);
    }
    NAME(transform_input)(filter.rows, values, columns[x]);
  }
  UNROLL for (int y = 0; y < height; y++) {
    vec values[MOST_POINTS], factors[MOST_POINTS];
    UNROLL for (int x = 0; x < width; x++) values[x] = columns[x][y];
    NAME(transform_input)(filter.columns, values, factors);
    UNROLL for (int x = 0; x < width; x++) store(to + (width * y + x) * plane + channel, factors[x]);
  }
}

// A function for each filter: registers are given out for its loop alone.
typedef void NAME(transform)(const float *const *pixels, ptrdiff_t count, float *to, ptrdiff_t plane);
#define TRANSFORM(rows, columns)                                                                 \
  static __attribute__((noinline, unused)) void NAME(transform_##rows##x##columns)(              \
      const float *const *pixels, ptrdiff_t count, float *to, ptrdiff_t plane) {                 \
    const winograd_filter filter = winograd_filter_of(rows, columns);                            \
    ptrdiff_t channel = 0;                                                                       \
    for (; channel + LANES <= count; channel += LANES)                                           \
      NAME(transform_vector)(filter, pixels, channel, LANES, to, plane);                         \
    if (channel < count)                                                                         \
      NAME(transform_vector)(filter, pixels, channel, count - channel, to, plane);               \
  }
WINOGRAD_KERNELS(TRANSFORM)
#undef TRANSFORM

/// Transforms `count` channels from `channel` on of one tile's inputs; what lies in the padding counts as
/// zero.
INLINE void NAME(transform_tile)(const winograd_filter filter, NAME(transform) *transform,
                                 const graft_winograd *shape, ptrdiff_t tile, ptrdiff_t channel,
                                 ptrdiff_t count, float *to, ptrdiff_t plane) {
  const winograd_place place = NAME(tile_place)(filter, shape, tile);
  const int height = filter.rows.count, width = filter.columns.count;
  const ptrdiff_t row = place.row - shape->padding_top;
  const ptrdiff_t column = place.column - shape->padding_left;
  const ptrdiff_t channels = shape->input_channels;
  const float *image =
      shape->input + place.image * shape->input_rows * shape->input_columns * channels;
  const float *pixels[MOST_PIXELS];
  for (ptrdiff_t done = 0; done < count; done += ZERO_COUNT) {
    for (int y = 0; y < height; y++) {
      const bool has_row = row + y >= 0 && row + y < shape->input_rows;
      const ptrdiff_t first = (row + y) * shape->input_columns + column;
      for (int x = 0; x < width; x++) {
        const bool is_inside = has_row && column + x >= 0 && column + x < shape->input_columns;
        pixels[width * y + x] = is_inside ? image + (first + x) * channels + channel + done : zeros;
      }
    }
    transform(pixels, count - done < ZERO_COUNT ? count - done : ZERO_COUNT, to + done, plane);
  }
}
