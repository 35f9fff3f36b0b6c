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

/// Transforms one tile's inputs, for `count` channels; `inside` says that none lies in the padding.
/// Whole vectors are stored, point by point `plane` floats apart.
INLINE void NAME(transform_pixels)(const winograd_filter filter, const graft_winograd *shape,
                                   const float *image, ptrdiff_t row, ptrdiff_t column,
                                   const bool inside, ptrdiff_t count, float *to,
                                   ptrdiff_t plane) {
  const ptrdiff_t channels = shape->input_channels, line = shape->input_columns * channels;
  const int height = filter.rows.count, width = filter.columns.count;
  const float *from = image + row * line + column * channels;
  for (ptrdiff_t c = 0; c < count; c += LANES) {
    const ptrdiff_t left = count - c;
    vec columns[MOST_POINTS][MOST_POINTS];
    UNROLL for (int x = 0; x < width; x++) {
      vec values[MOST_POINTS];
      const bool has_column = inside || (column + x >= 0 && column + x < shape->input_columns);
      UNROLL for (int y = 0; y < height; y++) {
        const bool has_row = inside || (row + y >= 0 && row + y < shape->input_rows);
        values[y] = has_row && has_column ? load_some(from + y * line + x * channels + c, left)
                                          : (vec)0;
      }
      NAME(transform_input)(filter.rows, values, columns[x]);
    }
    UNROLL for (int y = 0; y < height; y++) {
      vec values[MOST_POINTS], factors[MOST_POINTS];
      UNROLL for (int x = 0; x < width; x++) values[x] = columns[x][y];
      NAME(transform_input)(filter.columns, values, factors);
      UNROLL for (int x = 0; x < width; x++) store(to + (width * y + x) * plane + c, factors[x]);
    }
  }
}

/// Transforms `count` channels from `channel` on of one tile's inputs.
INLINE void NAME(transform_tile)(const winograd_filter filter, const graft_winograd *shape,
                                 ptrdiff_t tile, ptrdiff_t channel, ptrdiff_t count, float *to,
                                 ptrdiff_t plane) {
  const winograd_place place = NAME(tile_place)(filter, shape, tile);
  const ptrdiff_t size = shape->input_rows * shape->input_columns * shape->input_channels;
  const float *image = shape->input + place.image * size + channel;
  const ptrdiff_t row = place.row - shape->padding_top;
  const ptrdiff_t column = place.column - shape->padding_left;
  if (row >= 0 && row + filter.rows.count <= shape->input_rows && column >= 0 &&
      column + filter.columns.count <= shape->input_columns)
    NAME(transform_pixels)(filter, shape, image, row, column, true, count, to, plane);
  else
    NAME(transform_pixels)(filter, shape, image, row, column, false, count, to, plane);
}
