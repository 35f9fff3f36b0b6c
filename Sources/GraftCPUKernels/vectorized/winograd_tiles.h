// The tiles of a convolution by Winograd's F(4 x 4, 3 x 3), and the transform of their inputs.
#include "winograd_transforms.h"

#define POINTS 36

/// The place of one output tile.
typedef struct {
  ptrdiff_t image, row, column;
} NAME(winograd_place);
#define winograd_place NAME(winograd_place)

INLINE winograd_place NAME(tile_place)(const graft_winograd *shape, ptrdiff_t tile) {
  const ptrdiff_t across = (shape->output_columns + 3) / 4, down = (shape->output_rows + 3) / 4;
  winograd_place place = {tile / (across * down), tile / across % down * 4, tile % across * 4};
  return place;
}

/// Transforms one tile's inputs, for `count` channels; `inside` says that none lies in the padding.
/// Whole vectors are stored, point by point `plane` floats apart.
INLINE void NAME(transform_pixels)(const graft_winograd *shape, const float *image, ptrdiff_t row,
                                   ptrdiff_t column, const bool inside, ptrdiff_t count, float *to,
                                   ptrdiff_t plane) {
  const ptrdiff_t channels = shape->input_channels, line = shape->input_columns * channels;
  const float *from = image + row * line + column * channels;
  for (ptrdiff_t c = 0; c < count; c += LANES) {
    const ptrdiff_t left = count - c;
    vec columns[6][6];
    UNROLL for (int x = 0; x < 6; x++) {
      vec values[6];
      const bool has_column = inside || (column + x >= 0 && column + x < shape->input_columns);
      UNROLL for (int y = 0; y < 6; y++) {
        const bool has_row = inside || (row + y >= 0 && row + y < shape->input_rows);
        values[y] = has_row && has_column ? load_some(from + y * line + x * channels + c, left)
                                          : (vec)0;
      }
      NAME(transform_input)(values, columns[x]);
    }
    UNROLL for (int y = 0; y < 6; y++) {
      const vec values[6] = {columns[0][y], columns[1][y], columns[2][y],
                             columns[3][y], columns[4][y], columns[5][y]};
      vec factors[6];
      NAME(transform_input)(values, factors);
      UNROLL for (int x = 0; x < 6; x++) store(to + (6 * y + x) * plane + c, factors[x]);
    }
  }
}

/// Transforms `count` channels from `channel` on of one tile's inputs.
INLINE void NAME(transform_tile)(const graft_winograd *shape, ptrdiff_t tile, ptrdiff_t channel,
                                 ptrdiff_t count, float *to, ptrdiff_t plane) {
  const winograd_place place = NAME(tile_place)(shape, tile);
  const ptrdiff_t size = shape->input_rows * shape->input_columns * shape->input_channels;
  const float *image = shape->input + place.image * size + channel;
  const ptrdiff_t row = place.row - shape->padding_top;
  const ptrdiff_t column = place.column - shape->padding_left;
  if (row >= 0 && row + 6 <= shape->input_rows && column >= 0 &&
      column + 6 <= shape->input_columns)
    NAME(transform_pixels)(shape, image, row, column, true, count, to, plane);
  else
    NAME(transform_pixels)(shape, image, row, column, false, count, to, plane);
}
