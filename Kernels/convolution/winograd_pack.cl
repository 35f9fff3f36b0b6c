// Transforms 3x3 kernels for Winograd's F(4x4, 3x3) and packs them into panels of PANEL output
// channels: [point][panel][input channel][PANEL], zeros past the last channel.
//
// Tap (y, x) from input channel i to output channel o lies at `first_element` plus these indices, each
// times its stride; negative strides turn the kernel, as the gradient of the image wants it. One
// work-item transforms one input channel of one panel.

#define VECTOR_WIDTH 1
#include "common/winograd.h"

#ifndef PANEL
#define PANEL 32
#endif

__kernel void winograd_pack(
    const int inputs, const int outputs, const int row_stride, const int column_stride,
    const int input_stride, const int output_stride, const int first_element,
    __global const float *restrict weights, const int weights_offset,
    __global float *restrict packed, const int packed_offset) {
  const int input = get_global_id(0), panel = get_global_id(1);
  if (input >= inputs) return;
  const int plane = (outputs + PANEL - 1) / PANEL * PANEL * inputs;
  weights += weights_offset + first_element + input * input_stride;
  packed += packed_offset + (panel * inputs + input) * PANEL;
  for (int i = 0; i < PANEL; i++) {
    const int output = panel * PANEL + i;
    float rows[3][6];
#pragma unroll
    for (int y = 0; y < 3; y++) {
      float taps[3];
#pragma unroll
      for (int x = 0; x < 3; x++)
        taps[x] = output < outputs
                      ? weights[y * row_stride + x * column_stride + output * output_stride]
                      : 0.0f;
      transform_kernel(taps, rows[y]);
    }
#pragma unroll
    for (int x = 0; x < 6; x++) {
      const float column[3] = {rows[0][x], rows[1][x], rows[2][x]};
      float factors[6];
      transform_kernel(column, factors);
#pragma unroll
      for (int y = 0; y < 6; y++) packed[(6 * y + x) * plane + i] = factors[y];
    }
  }
}
