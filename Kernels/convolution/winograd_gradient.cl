// The gradient of 3x3 kernels of stride 1 by the transposed transforms of Winograd's F(4x4, 3x3), for
// CPU devices, in two kernels over chunks of tiles: the first transforms tiles of pixels and of the
// result's gradient, the second multiplies the factors of all tiles at each point and transforms the
// sums back to taps.
//
// Images are N, height, width, channels; counts of channels are multiples of VECTOR_WIDTH. Factors are
// [point][block of input channels][tile][BLOCK_INPUTS], then [point][panel][tile][PANEL], each for as
// many tiles as `capacity` says; the target is [tap][input channel][output channel].

#include "common/winograd_pixels.h"

// 12 sums, 2 vectors of gradients and 1 to 2 pixels fill 16 registers.
#ifndef ROWS
#define ROWS 6
#endif
#define PANEL (2 * VECTOR_WIDTH)
// Input channels of one block, a multiple of ROWS and VECTOR_WIDTH, and its panels of output channels.
#ifndef BLOCK_INPUTS
#define BLOCK_INPUTS 48
#endif
#ifndef BLOCK_PANELS
#define BLOCK_PANELS 4
#endif
// What keeps the planes of the points from falling into the same part of a cache.
#define PLANE_PADDING 16
// The tiles whose factors are multiplied before sums go back to memory.
#define MOST_STEPS 256

// Transforms the gradient of one tile's results from (row, column) on, for one vector of channels;
// what lies beside the result counts as zero.
void transform_gradient(
    __global const float *gradient, const int height, const int width, const int channels,
    const int row, const int column, __global float *target, const int plane) {
  __global const float *corner = gradient + (row * width + column) * channels;
  Vector lines[4][6];
#pragma unroll
  for (int x = 0; x < 4; x++) {
    Vector values[4];
#pragma unroll
    for (int y = 0; y < 4; y++) {
      values[y] = 0.0f;
      if (row + y < height && column + x < width)
        values[y] = LOAD(corner + (y * width + x) * channels);
    }
    transform_output_gradient(values, lines[x]);
  }
#pragma unroll
  for (int y = 0; y < 6; y++) {
    Vector values[4], factors[6];
#pragma unroll
    for (int x = 0; x < 4; x++) values[x] = lines[x][y];
    transform_output_gradient(values, factors);
#pragma unroll
    for (int x = 0; x < 6; x++) STORE(factors[x], target + (6 * y + x) * plane);
  }
}

// One work-item transforms RUN tiles.
__kernel void winograd_gradient_factors(
    const int first_tile, const int tile_count, const int tiles_down, const int tiles_across,
    const int capacity, const int image_height, const int image_width, const int image_channels,
    const int result_height, const int result_width, const int result_channels,
    const int padding_y, const int padding_x,
    __global const float *restrict image, const int image_offset,
    __global const float *restrict gradient, const int gradient_offset,
    __global float *restrict factors, const int factors_offset) {
  const int blocks = (image_channels + BLOCK_INPUTS - 1) / BLOCK_INPUTS;
  const int panels = (result_channels + PANEL - 1) / PANEL;
  const int left_plane = blocks * capacity * BLOCK_INPUTS + PLANE_PADDING;
  const int right_plane = panels * capacity * PANEL + PLANE_PADDING;
  __global float *left = factors + factors_offset, *right = left + POINTS * left_plane;
  FOR_SHARE(i, 0, RUN, tile_count) {
    const int tile = first_tile + i, number = tile / (tiles_down * tiles_across);
    const int row = tile / tiles_across % tiles_down * 4, column = tile % tiles_across * 4;
    __global const float *pixels =
        image + image_offset + number * image_height * image_width * image_channels;
    for (int block = 0; block < blocks; block++) {
      const int channel = block * BLOCK_INPUTS;
      transform_tile(
          pixels + channel, image_height, image_width, image_channels, row - padding_y,
          column - padding_x, min(image_channels - channel, BLOCK_INPUTS),
          left + (block * capacity + i) * BLOCK_INPUTS, left_plane);
    }
    __global const float *values =
        gradient + gradient_offset + number * result_height * result_width * result_channels;
    for (int channel = 0; channel < result_channels; channel += VECTOR_WIDTH)
      transform_gradient(
          values + channel, result_height, result_width, result_channels, row, column,
          right + (channel / PANEL * capacity + i) * PANEL + channel % PANEL, right_plane);
  }
}

// One work-item computes blocks of input channels by BLOCK_PANELS panels of output channels.
__kernel void winograd_gradient_products(
    const int tile_count, const int capacity, const int image_channels, const int result_channels,
    const int adds, const int scratch_stride,
    __global const float *restrict factors, const int factors_offset,
    __global float *restrict scratch, const int scratch_offset,
    __global float *restrict target, const int target_offset) {
  const int item = get_global_id(0), items = get_global_size(0);
  const int blocks = (image_channels + BLOCK_INPUTS - 1) / BLOCK_INPUTS;
  const int panels = (result_channels + PANEL - 1) / PANEL;
  const int left_plane = blocks * capacity * BLOCK_INPUTS + PLANE_PADDING;
  const int right_plane = panels * capacity * PANEL + PLANE_PADDING;
  const int sums_plane = BLOCK_PANELS * BLOCK_INPUTS * PANEL + PLANE_PADDING;
  const int tasks = blocks * ((panels + BLOCK_PANELS - 1) / BLOCK_PANELS);
  __global float *sums = scratch + scratch_offset + item * scratch_stride;
  factors += factors_offset;
  target += target_offset;
  const int last_task = (int)((long)tasks * (item + 1) / items);
  for (int task = (int)((long)tasks * item / items); task < last_task; task++) {
    const int block = task % blocks, first_input = block * BLOCK_INPUTS;
    const int first_panel = task / blocks * BLOCK_PANELS;
    const int inputs = min(image_channels - first_input, BLOCK_INPUTS);
    const int panel_count = min(panels - first_panel, BLOCK_PANELS);
    for (int point = 0; point < POINTS; point++) {
      for (int i = 0; i < panel_count; i++) {
        __global const float *left =
            factors + point * left_plane + block * capacity * BLOCK_INPUTS;
        __global const float *right = factors + POINTS * left_plane + point * right_plane +
                                      (first_panel + i) * capacity * PANEL;
        __global float *places = sums + point * sums_plane + i * BLOCK_INPUTS * PANEL;
        for (int start = 0; start < tile_count; start += MOST_STEPS) {
          const int steps = min(tile_count - start, MOST_STEPS);
          for (int row = 0; row < inputs; row += ROWS) {
            __global const float *values = left + start * BLOCK_INPUTS + row;
            __global const float *panel = right + start * PANEL;
            __global float *place = places + row * PANEL;
            Vector products[ROWS][2];
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
              products[r][0] = start == 0 ? (Vector)(0.0f) : LOAD(place + r * PANEL);
              products[r][1] =
                  start == 0 ? (Vector)(0.0f) : LOAD(place + r * PANEL + VECTOR_WIDTH);
            }
            for (int step = 0; step < steps; step++) {
              const Vector g0 = LOAD(panel), g1 = LOAD(panel + VECTOR_WIDTH);
#pragma unroll
              for (int r = 0; r < ROWS; r++) {
                const Vector value = (Vector)(values[r]);
                products[r][0] = MULTIPLY_ADD(value, g0, products[r][0]);
                products[r][1] = MULTIPLY_ADD(value, g1, products[r][1]);
              }
              values += BLOCK_INPUTS;
              panel += PANEL;
            }
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
              STORE(products[r][0], place + r * PANEL);
              STORE(products[r][1], place + r * PANEL + VECTOR_WIDTH);
            }
          }
        }
      }
    }
    const int last_output = min((first_panel + panel_count) * PANEL, result_channels);
    for (int input = 0; input < inputs; input++) {
      for (int output = first_panel * PANEL; output < last_output; output += VECTOR_WIDTH) {
        const int shift = output - first_panel * PANEL;
        __global const float *from =
            sums + (shift / PANEL * BLOCK_INPUTS + input) * PANEL + shift % PANEL;
        __global float *to =
            target + (first_input + input) * result_channels + output;
        Vector columns[6][3];
#pragma unroll
        for (int x = 0; x < 6; x++) {
          Vector values[6];
#pragma unroll
          for (int y = 0; y < 6; y++) values[y] = LOAD(from + (6 * y + x) * sums_plane);
          transform_kernel_gradient(values, columns[x]);
        }
#pragma unroll
        for (int y = 0; y < 3; y++) {
          Vector values[6], taps[3];
#pragma unroll
          for (int x = 0; x < 6; x++) values[x] = columns[x][y];
          transform_kernel_gradient(values, taps);
#pragma unroll
          for (int x = 0; x < 3; x++) {
            __global float *tap = to + (3 * y + x) * image_channels * result_channels;
            STORE(adds ? LOAD(tap) + taps[x] : taps[x], tap);
          }
        }
      }
    }
  }
}
