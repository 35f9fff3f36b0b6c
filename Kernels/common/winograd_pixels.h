// The transform of an image's tiles of pixels for Winograd's filtering, on CPU devices.

#include "common/winograd.h"

// Transforms one tile of pixels from (row, column) on, for `count` channels, a multiple of
// VECTOR_WIDTH: [point][channel], `plane` floats from one point to the next.
void transform_tile(
    __global const float *image, const int height, const int width, const int channels,
    const int row, const int column, const int count, __global float *target, const int plane) {
  const int inside = row >= 0 && row + ROW_POINTS <= height && column >= 0 &&
                     column + COLUMN_POINTS <= width;
  __global const float *corner = image + (row * width + column) * channels;
  for (int c = 0; c < count; c += VECTOR_WIDTH) {
    Vector values[COLUMN_POINTS][ROW_POINTS], halves[COLUMN_POINTS][ROW_POINTS];
    if (inside) {
#pragma unroll
      for (int x = 0; x < COLUMN_POINTS; x++)
#pragma unroll
        for (int y = 0; y < ROW_POINTS; y++)
          values[x][y] = LOAD(corner + (y * width + x) * channels + c);
    } else {
#pragma unroll
      for (int x = 0; x < COLUMN_POINTS; x++) {
        const int has_column = column + x >= 0 && column + x < width;
#pragma unroll
        for (int y = 0; y < ROW_POINTS; y++) {
          values[x][y] = 0.0f;
          if (has_column && row + y >= 0 && row + y < height)
            values[x][y] = LOAD(corner + (y * width + x) * channels + c);
        }
      }
    }
#pragma unroll
    for (int x = 0; x < COLUMN_POINTS; x++) transform_input(ROW_TAPS, values[x], halves[x]);
    store_factors(halves, target + c, plane);
  }
}
