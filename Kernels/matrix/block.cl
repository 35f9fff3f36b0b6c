// Matrix products and convolutions as products, for GPUs: a work-group of 16 x 16 computes a block of
// BLOCK x BLOCK elements, reading both operands through local memory.
//
// ROLE says what the operands are:
//   PRODUCT          left (rows, depth), right (depth, columns), each optionally transposed
//   CONVOLUTION      rows are pixels of the result, depth is (tap, input channel)
//   INPUT_GRADIENT   rows are pixels of the image, depth is (tap, output channel)
//   KERNEL_GRADIENT  rows are (tap, input channel), depth is the pixels of the result
// Images are N, height, width, channels; kernels height, width, input channels, output channels;
// counts of channels are those of one group. The third axis counts groups, and within them splits
// of the depth: with more than one, each stores its sums for itself and they are added up later.

#include "common/divisor.h"
#include "common/epilogue.h"

#define PRODUCT 0
#define CONVOLUTION 1
#define INPUT_GRADIENT 2
#define KERNEL_GRADIENT 3
#ifndef ROLE
#define ROLE PRODUCT
#endif
#ifndef TRANSPOSES_LEFT
#define TRANSPOSES_LEFT 0
#endif
#ifndef TRANSPOSES_RIGHT
#define TRANSPOSES_RIGHT 0
#endif

#define GROUP_SIZE 16
#define PER_ITEM 4
#define BLOCK (GROUP_SIZE * PER_ITEM)
#define BLOCK_DEPTH 16
#define ITEMS (GROUP_SIZE * GROUP_SIZE)
#define LOADS (BLOCK * BLOCK_DEPTH / ITEMS)

// Neighbouring work-items read along the axis that is contiguous in memory. What does not change from
// load to load, or from step to step along the depth, is computed once.
#define LEFT_ALONG_DEPTH \
  ((ROLE == PRODUCT && !TRANSPOSES_LEFT) || ROLE == CONVOLUTION || ROLE == INPUT_GRADIENT)
#define RIGHT_ALONG_DEPTH ((ROLE == PRODUCT && TRANSPOSES_RIGHT) || ROLE == INPUT_GRADIENT)
#define LOAD_K(along_depth, i) \
  ((along_depth) ? lane % BLOCK_DEPTH : lane / BLOCK + (i) * (ITEMS / BLOCK))
#define LOAD_PLACE(along_depth, i) \
  ((along_depth) ? lane / BLOCK_DEPTH + (i) * (ITEMS / BLOCK_DEPTH) : lane % BLOCK)

#if ROLE == PRODUCT
#define GEOMETRY_PARAMETER
#else
// Pixels are those of the grid: the result, or the image for INPUT_GRADIENT. They see, or are seen
// from, pixels of the other one.
typedef struct {
  Divisor grid_height, grid_width, stride_y, stride_x, kernel_width;
  // The channels that lie between taps along depth or rows: the image's, or the result's for
  // INPUT_GRADIENT.
  Divisor channels;
  int other_height, other_width, padding_y, padding_x, dilation_y, dilation_x;
} Geometry;
#define GEOMETRY_PARAMETER const Geometry geometry,

// Where a pixel of the grid is, in the other image's coordinates (times the stride, for
// INPUT_GRADIENT).
typedef struct {
  int y, x, image;
} Pixel;

// How far a tap is from there, which tap it is, and the channel beside it.
typedef struct {
  int y, x, number, channel;
} Tap;

Pixel pixel_at(const int index, const Geometry g) {
  const int line = quotient(index, g.grid_width), image = quotient(line, g.grid_height);
  const int y = line - image * g.grid_height.value, x = index - line * g.grid_width.value;
#if ROLE == INPUT_GRADIENT
  const Pixel pixel = {y + g.padding_y, x + g.padding_x, image};
#else
  const Pixel pixel = {
      y * g.stride_y.value - g.padding_y, x * g.stride_x.value - g.padding_x, image};
#endif
  return pixel;
}

Tap tap_at(const int index, const Geometry g) {
  const int number = quotient(index, g.channels), ky = quotient(number, g.kernel_width);
  const int y = ky * g.dilation_y, x = (number - ky * g.kernel_width.value) * g.dilation_x;
  const Tap tap = {y, x, number, index - number * g.channels.value};
  return tap;
}

// The element of the other image that a pixel meets at a tap, 0 where there is none.
float element_at(
    __global const float *other, const Pixel pixel, const Tap tap, const int groups,
    const int group, const Geometry g) {
#if ROLE == INPUT_GRADIENT
  const int down = pixel.y - tap.y, right = pixel.x - tap.x;
  if (down < 0 || right < 0) return 0.0f;
  const int y = quotient(down, g.stride_y), x = quotient(right, g.stride_x);
  if (y * g.stride_y.value != down || x * g.stride_x.value != right) return 0.0f;
#else
  const int y = pixel.y + tap.y, x = pixel.x + tap.x;
  if (y < 0 || x < 0) return 0.0f;
#endif
  if (y >= g.other_height || x >= g.other_width) return 0.0f;
  const int place = (pixel.image * g.other_height + y) * g.other_width + x;
  return other[(place * groups + group) * g.channels.value + tap.channel];
}
#endif

__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, GROUP_SIZE, 1))) void block_product(
    const int rows, const int columns, const int depth, const int depth_per_split,
    const int groups, GEOMETRY_PARAMETER __global const float *restrict left,
    const int left_offset, __global const float *restrict right, const int right_offset,
    BIAS_PARAMETER RESIDUAL_PARAMETER __global float *result, const int result_offset) {
  __local float left_block[BLOCK_DEPTH][BLOCK + 1];
  __local float right_block[BLOCK_DEPTH][BLOCK + 1];
  const int lane_x = get_local_id(0), lane_y = get_local_id(1);
  const int lane = lane_y * GROUP_SIZE + lane_x;
  const int first_column = get_group_id(0) * BLOCK, first_row = get_group_id(1) * BLOCK;
  const int split = get_group_id(2) / groups, group = get_group_id(2) - split * groups;
  const int first = split * depth_per_split, last = min(first + depth_per_split, depth);
  left += left_offset;
  right += right_offset;

#if ROLE == KERNEL_GRADIENT
  const Tap row_tap = tap_at(first_row + LOAD_PLACE(LEFT_ALONG_DEPTH, 0), geometry);
#elif ROLE != PRODUCT
  Pixel row_pixels[LOADS];
#pragma unroll
  for (int i = 0; i < LOADS; i++)
    row_pixels[i] = pixel_at(first_row + LOAD_PLACE(LEFT_ALONG_DEPTH, i), geometry);
#endif

  float sums[PER_ITEM][PER_ITEM];
#pragma unroll
  for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
    for (int j = 0; j < PER_ITEM; j++) sums[i][j] = 0.0f;

  for (int start = first; start < last; start += BLOCK_DEPTH) {
#if ROLE == CONVOLUTION || ROLE == INPUT_GRADIENT
    const Tap tap = tap_at(start + LOAD_K(LEFT_ALONG_DEPTH, 0), geometry);
#endif
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      const int left_k = LOAD_K(LEFT_ALONG_DEPTH, i), k = start + left_k;
      const int left_row = LOAD_PLACE(LEFT_ALONG_DEPTH, i), row = first_row + left_row;
      float value = 0.0f;
      if (row < rows && k < last) {
#if ROLE == PRODUCT
        value = left[TRANSPOSES_LEFT ? k * rows + row : row * depth + k];
#elif ROLE == KERNEL_GRADIENT
        value = element_at(left, pixel_at(k, geometry), row_tap, groups, group, geometry);
#else
        value = element_at(left, row_pixels[i], tap, groups, group, geometry);
#endif
      }
      left_block[left_k][left_row] = value;
    }
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      const int right_k = LOAD_K(RIGHT_ALONG_DEPTH, i), k = start + right_k;
      const int right_column = LOAD_PLACE(RIGHT_ALONG_DEPTH, i), column = first_column + right_column;
      float value = 0.0f;
      if (column < columns && k < last) {
#if ROLE == PRODUCT
        value = right[TRANSPOSES_RIGHT ? column * depth + k : k * columns + column];
#elif ROLE == INPUT_GRADIENT
        const int place = (tap.number * columns + column) * groups + group;
        value = right[place * geometry.channels.value + tap.channel];
#else
        value = right[(k * groups + group) * columns + column];
#endif
      }
      right_block[right_k][right_column] = value;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int k = 0; k < BLOCK_DEPTH; k++) {
      float row_values[PER_ITEM], column_values[PER_ITEM];
#pragma unroll
      for (int i = 0; i < PER_ITEM; i++) {
        row_values[i] = left_block[k][lane_y + i * GROUP_SIZE];
        column_values[i] = right_block[k][lane_x + i * GROUP_SIZE];
      }
#pragma unroll
      for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
        for (int j = 0; j < PER_ITEM; j++)
          sums[i][j] = MULTIPLY_ADD(row_values[i], column_values[j], sums[i][j]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }

#pragma unroll
  for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
    for (int j = 0; j < PER_ITEM; j++) {
      const int row = first_row + lane_y + i * GROUP_SIZE;
      const int column = first_column + lane_x + j * GROUP_SIZE;
      if (row < rows && column < columns) {
        const int channel = group * columns + column;
        const int index = (split * rows + row) * (columns * groups) + channel;
        Vector value;
        FINISH(sums[i][j], channel, index, value);
        result[result_offset + index] = value;
      }
    }
}
