#include "common/vector.h"
#include "common/activation.h"

#ifndef ROWS
#define ROWS 6
#endif
#define PANEL (2 * VECTOR_WIDTH)

__kernel void convolution_tile(
    const int row_count, const int block_rows,
    const int height, const int width, const int channels,
    const int out_height, const int out_width, const int out_channels,
    const int kernel_height, const int kernel_width,
    const int stride_y, const int stride_x, const int pad_y, const int pad_x,
    const int dilation_y, const int dilation_x,
    __global const float *restrict x, const int x_offset,
    __global const float *restrict w, const int w_offset,
    __global float *y, const int y_offset) {
  const int first = get_global_id(0) * block_rows;
  const int last = min(first + block_rows, row_count);
  const int panel = get_global_id(1);
  const int depth = kernel_height * kernel_width * channels;
  __global const float *weights = w + w_offset + panel * depth * PANEL;
  __global const float *zeros = w + w_offset + get_global_size(1) * depth * PANEL;
  x += x_offset;
  for (int row = first; row < last; row += ROWS) {
    Vector sum[ROWS][2];
    int oy[ROWS], ox[ROWS], image[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      sum[i][0] = sum[i][1] = 0.0f;
      const int r = row + i;
      const int n = r / (out_height * out_width), p = r % (out_height * out_width);
      oy[i] = r < row_count ? p / out_width * stride_y - pad_y : -(1 << 30);
      ox[i] = p % out_width * stride_x - pad_x;
      image[i] = n * height;
    }
    __global const float *b = weights;
    for (int ky = 0; ky < kernel_height; ky++)
      for (int kx = 0; kx < kernel_width; kx++) {
        __global const float *a[ROWS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          const int iy = oy[i] + ky * dilation_y, ix = ox[i] + kx * dilation_x;
          const int inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
          a[i] = inside ? x + ((image[i] + iy) * width + ix) * channels : zeros;
        }
        for (int c = 0; c < channels; c++) {
          const Vector b0 = LOAD(b), b1 = LOAD(b + VECTOR_WIDTH);
          b += PANEL;
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
            const Vector v = a[i][c];
            sum[i][0] = MULTIPLY_ADD(v, b0, sum[i][0]);
            sum[i][1] = MULTIPLY_ADD(v, b1, sum[i][1]);
          }
        }
      }
    __global float *out = y + y_offset + row * out_channels + panel * PANEL;
#pragma unroll
    for (int i = 0; i < ROWS; i++)
      if (row + i < row_count) {
        STORE(sum[i][0], out + i * out_channels);
        STORE(sum[i][1], out + i * out_channels + VECTOR_WIDTH);
      }
  }
}
