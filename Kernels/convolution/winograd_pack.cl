// Transforms kernels for Winograd's filtering and packs them into panels of PANEL output channels:
// [point][panel][input channel][PANEL], zeros past the last channel.
//
// Tap (y, x) from input channel i to output channel o lies at `first_element` plus these indices, each
// times its stride; negative strides turn the kernel, as the gradient of the image wants it. The first
// axis counts vectors of output channels, the second runs of RUN input channels.

#include "common/winograd.h"

#ifndef PANEL
#define PANEL 32
#endif

// `count` elements that lie `stride` apart, and zeros after them.
Vector load_strided(__global const float *p, const int stride, const int count) {
  if (stride == 1 && count >= VECTOR_WIDTH) return LOAD(p);
  float part[VECTOR_WIDTH];
#pragma unroll
  for (int i = 0; i < VECTOR_WIDTH; i++) part[i] = i < count ? p[i * stride] : 0.0f;
  return LOAD(part);
}

__kernel void winograd_pack(
    const int inputs, const int outputs, const int row_stride, const int column_stride,
    const int input_stride, const int output_stride, const int first_element,
    __global const float *restrict weights, const int weights_offset,
    __global float *restrict packed, const int packed_offset) {
  const int output = get_global_id(0) * VECTOR_WIDTH, panel = output / PANEL;
  const int panels = (outputs + PANEL - 1) / PANEL;
  if (panel >= panels) return;
  const int plane = panels * PANEL * inputs, count = max(outputs - output, 0);
  weights += weights_offset + first_element + output * output_stride;
  packed += packed_offset + panel * inputs * PANEL + output % PANEL;
  FOR_SHARE(input, 1, RUN, inputs) {
    Vector rows[ROW_TAPS][COLUMN_POINTS];
#pragma unroll
    for (int y = 0; y < ROW_TAPS; y++) {
      Vector taps[COLUMN_TAPS];
#pragma unroll
      for (int x = 0; x < COLUMN_TAPS; x++)
        taps[x] = load_strided(
            weights + y * row_stride + x * column_stride + input * input_stride, output_stride,
            count);
      transform_kernel(COLUMN_TAPS, taps, rows[y]);
    }
#pragma unroll
    for (int x = 0; x < COLUMN_POINTS; x++) {
      Vector column[ROW_TAPS], factors[ROW_POINTS];
#pragma unroll
      for (int y = 0; y < ROW_TAPS; y++) column[y] = rows[y][x];
      transform_kernel(ROW_TAPS, column, factors);
#pragma unroll
      for (int y = 0; y < ROW_POINTS; y++)
        STORE(factors[y], packed + (COLUMN_POINTS * y + x) * plane + input * PANEL);
    }
  }
}
