// The gradient of a convolution with respect to its kernel, for CPU devices: one work-item sums a
// tile of ROWS input channels of one tap by two vectors of output channels in registers.
//
// Images are N, height, width, channels; the gradient is [split][tap][input channel][output channel].
// The first axis counts panels of output channels, the second tiles of input channels within taps,
// the third splits of the result's pixels: their sums are added up afterwards, in a fixed order.

#include "common/vector.h"

#ifndef ROWS
#define ROWS 6
#endif
#define PANEL (2 * VECTOR_WIDTH)

__kernel void kernel_gradient_tile(
    const int pixel_count, const int pixels_per_split, const int groups,
    const int image_height, const int image_width, const int image_channels,
    const int result_height, const int result_width, const int result_channels,
    const int kernel_height, const int kernel_width, const int stride_y, const int stride_x,
    const int padding_y, const int padding_x, const int dilation_y, const int dilation_x,
    __global const float *restrict image, const int image_offset,
    __global const float *restrict gradient, const int gradient_offset,
    __global float *restrict target, const int target_offset) {
  const int panels = (result_channels + PANEL - 1) / PANEL;
  const int group = get_global_id(0) / panels, panel = get_global_id(0) % panels;
  const int tiles = (image_channels + ROWS - 1) / ROWS;
  const int tap = get_global_id(1) / tiles, tile = get_global_id(1) % tiles;
  const int ky = tap / kernel_width, kx = tap % kernel_width;
  const int columns = min(result_channels - panel * PANEL, PANEL);
  const int rows = min(image_channels - tile * ROWS, ROWS);
  const int image_pixel = image_channels * groups, result_pixel = result_channels * groups;
  const int channel = group * result_channels + panel * PANEL;
  image += image_offset + group * image_channels + tile * ROWS;
  gradient += gradient_offset + channel;

  // The columns of the result whose tap lies inside the image.
  const int shift_x = kx * dilation_x - padding_x;
  const int first_column = shift_x >= 0 ? 0 : (-shift_x + stride_x - 1) / stride_x;
  const int column_count =
      image_width > shift_x ? min(result_width, (image_width - 1 - shift_x) / stride_x + 1) : 0;

  Vector sums[ROWS][2];
  int shifts[ROWS];
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
    sums[i][0] = sums[i][1] = 0.0f;
    shifts[i] = min(i, rows - 1);
  }
  int pixel = get_global_id(2) * pixels_per_split;
  const int last_pixel = min(pixel + pixels_per_split, pixel_count);
  while (pixel < last_pixel) {
    const int line = pixel / result_width;
    const int end = min((line + 1) * result_width, last_pixel) - line * result_width;
    const int y = line % result_height * stride_y + ky * dilation_y - padding_y;
    const int first = max(pixel - line * result_width, first_column);
    pixel = line * result_width + end;
    if (y < 0 || y >= image_height) continue;
    const int last = min(end, column_count);
    if (first >= last) continue;
    __global const float *source =
        image + ((line / result_height * image_height + y) * image_width + first * stride_x + shift_x) *
                    image_pixel;
    __global const float *values = gradient + (line * result_width + first) * result_pixel;
    for (int x = first; x < last; x++) {
      const Vector g0 =
          columns >= VECTOR_WIDTH ? LOAD(values) : load_part(values, columns);
      const Vector g1 = columns >= PANEL
                            ? LOAD(values + VECTOR_WIDTH)
                            : load_part(values + VECTOR_WIDTH, columns - VECTOR_WIDTH);
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
        const Vector value = (Vector)(source[shifts[i]]);
        sums[i][0] = MULTIPLY_ADD(value, g0, sums[i][0]);
        sums[i][1] = MULTIPLY_ADD(value, g1, sums[i][1]);
      }
      source += stride_x * image_pixel;
      values += result_pixel;
    }
  }

  const int taps = kernel_height * kernel_width;
  target += target_offset + channel +
            (((int)get_global_id(2) * taps + tap) * image_channels + tile * ROWS) * result_pixel;
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
#pragma unroll
    for (int j = 0; j < 2; j++) {
      __global float *part = target + i * result_pixel + j * VECTOR_WIDTH;
      // Loops without `break` unroll, which keeps the sums in registers.
      const int count = i < rows ? columns - j * VECTOR_WIDTH : 0;
      if (count >= VECTOR_WIDTH)
        STORE(sums[i][j], part);
      else
        store_part(sums[i][j], part, count);
    }
  }
}
