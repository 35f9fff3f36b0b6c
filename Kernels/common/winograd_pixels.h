// The transform of an image's tiles of 6x6 pixels for F(4x4, 3x3), on CPU devices.

#include "common/winograd.h"

// Transforms one tile of pixels from (row, column) on, for `count` channels, a multiple of
// VECTOR_WIDTH: [point][channel], `plane` floats from one point to the next.
void transform_tile(
    __global const float *image, const int height, const int width, const int channels,
    const int row, const int column, const int count, __global float *target, const int plane) {
  const int inside = row >= 0 && row + 6 <= height && column >= 0 && column + 6 <= width;
  __global const float *corner = image + (row * width + column) * channels;
  for (int c = 0; c < count; c += VECTOR_WIDTH) {
    Vector values[6][6];
    if (inside) {
#pragma unroll
      for (int x = 0; x < 6; x++)
#pragma unroll
        for (int y = 0; y < 6; y++) values[x][y] = LOAD(corner + (y * width + x) * channels + c);
    } else {
#pragma unroll
      for (int x = 0; x < 6; x++) {
        const int has_column = column + x >= 0 && column + x < width;
#pragma unroll
        for (int y = 0; y < 6; y++) {
          values[x][y] = 0.0f;
          if (has_column && row + y >= 0 && row + y < height)
            values[x][y] = LOAD(corner + (y * width + x) * channels + c);
        }
      }
    }
#pragma unroll
    for (int x = 0; x < 6; x++) transform_input(values[x], values[x]);
#pragma unroll
    for (int y = 0; y < 6; y++) {
      Vector line[6];
#pragma unroll
      for (int x = 0; x < 6; x++) line[x] = values[x][y];
      transform_input(line, line);
#pragma unroll
      for (int x = 0; x < 6; x++) STORE(line[x], target + (6 * y + x) * plane + c);
    }
  }
}
