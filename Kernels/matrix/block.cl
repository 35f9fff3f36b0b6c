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
#ifndef GROUPS
#define GROUPS 1
#endif

#define GROUP_SIZE 16
#define PER_ITEM 4
#define BLOCK (GROUP_SIZE * PER_ITEM)
#define BLOCK_DEPTH 16

// The geometry is fixed when the program is built, so that the divisions become multiplications.
#if ROLE != PRODUCT
// The pixel (y, x) of the image that a tap of the kernel sees from a pixel of the result, as an index
// into the image's first channel; -1 outside.
int seen_pixel(const int pixel, const int tap) {
  const int y = pixel / RESULT_WIDTH % RESULT_HEIGHT * STRIDE_Y + tap / KERNEL_WIDTH * DILATION_Y -
                PADDING_Y;
  const int x = pixel % RESULT_WIDTH * STRIDE_X + tap % KERNEL_WIDTH * DILATION_X - PADDING_X;
  if (y < 0 || y >= IMAGE_HEIGHT || x < 0 || x >= IMAGE_WIDTH) return -1;
  const int image = pixel / (RESULT_WIDTH * RESULT_HEIGHT);
  return ((image * IMAGE_HEIGHT + y) * IMAGE_WIDTH + x) * (IMAGE_CHANNELS * GROUPS);
}

// The pixel of the result that sees a pixel of the image through a tap; -1 where none does.
int seeing_pixel(const int pixel, const int tap) {
  const int down =
      pixel / IMAGE_WIDTH % IMAGE_HEIGHT + PADDING_Y - tap / KERNEL_WIDTH * DILATION_Y;
  const int right = pixel % IMAGE_WIDTH + PADDING_X - tap % KERNEL_WIDTH * DILATION_X;
  if (down < 0 || right < 0 || down % STRIDE_Y != 0 || right % STRIDE_X != 0) return -1;
  const int y = down / STRIDE_Y, x = right / STRIDE_X;
  if (y >= RESULT_HEIGHT || x >= RESULT_WIDTH) return -1;
  const int image = pixel / (IMAGE_WIDTH * IMAGE_HEIGHT);
  return ((image * RESULT_HEIGHT + y) * RESULT_WIDTH + x) * (RESULT_CHANNELS * GROUPS);
}
#endif

float left_element(
    __global const float *left, const int row, const int k, const int rows, const int depth,
    const int group) {
#if ROLE == PRODUCT
  return left[TRANSPOSES_LEFT ? k * rows + row : row * depth + k];
#elif ROLE == CONVOLUTION
  const int pixel = seen_pixel(row, k / IMAGE_CHANNELS);
  return pixel < 0 ? 0.0f : left[pixel + group * IMAGE_CHANNELS + k % IMAGE_CHANNELS];
#elif ROLE == INPUT_GRADIENT
  const int pixel = seeing_pixel(row, k / RESULT_CHANNELS);
  return pixel < 0 ? 0.0f : left[pixel + group * RESULT_CHANNELS + k % RESULT_CHANNELS];
#else
  const int pixel = seen_pixel(k, row / IMAGE_CHANNELS);
  return pixel < 0 ? 0.0f : left[pixel + group * IMAGE_CHANNELS + row % IMAGE_CHANNELS];
#endif
}

float right_element(
    __global const float *right, const int k, const int column, const int columns,
    const int depth, const int group) {
#if ROLE == PRODUCT
  return right[TRANSPOSES_RIGHT ? column * depth + k : k * columns + column];
#elif ROLE == INPUT_GRADIENT
  const int row = k / RESULT_CHANNELS * IMAGE_CHANNELS + column;
  return right[row * (RESULT_CHANNELS * GROUPS) + group * RESULT_CHANNELS + k % RESULT_CHANNELS];
#else
  return right[k * (columns * GROUPS) + group * columns + column];
#endif
}

// Neighbouring work-items read along the axis that is contiguous in memory.
#define LEFT_ALONG_DEPTH \
  ((ROLE == PRODUCT && !TRANSPOSES_LEFT) || ROLE == CONVOLUTION || ROLE == INPUT_GRADIENT)
#define RIGHT_ALONG_DEPTH ((ROLE == PRODUCT && TRANSPOSES_RIGHT) || ROLE == INPUT_GRADIENT)

__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, GROUP_SIZE, 1))) void block_product(
    const int rows, const int columns, const int depth, const int depth_per_split,
    __global const float *restrict left, const int left_offset,
    __global const float *restrict right, const int right_offset,
    BIAS_PARAMETER RESIDUAL_PARAMETER __global float *result, const int result_offset) {
  __local float left_block[BLOCK_DEPTH][BLOCK + 1];
  __local float right_block[BLOCK_DEPTH][BLOCK + 1];
  const int lane_x = get_local_id(0), lane_y = get_local_id(1);
  const int lane = lane_y * GROUP_SIZE + lane_x;
  const int first_column = get_group_id(0) * BLOCK, first_row = get_group_id(1) * BLOCK;
  const int group = get_group_id(2) % GROUPS, split = get_group_id(2) / GROUPS;
  const int first = split * depth_per_split, last = min(first + depth_per_split, depth);
  left += left_offset;
  right += right_offset;

  float sums[PER_ITEM][PER_ITEM];
#pragma unroll
  for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
    for (int j = 0; j < PER_ITEM; j++) sums[i][j] = 0.0f;

  for (int start = first; start < last; start += BLOCK_DEPTH) {
#pragma unroll
    for (int i = 0; i < BLOCK * BLOCK_DEPTH / (GROUP_SIZE * GROUP_SIZE); i++) {
      const int place = i * GROUP_SIZE * GROUP_SIZE + lane;
      const int left_k = LEFT_ALONG_DEPTH ? place % BLOCK_DEPTH : place / BLOCK;
      const int row = LEFT_ALONG_DEPTH ? place / BLOCK_DEPTH : place % BLOCK;
      left_block[left_k][row] =
          first_row + row < rows && start + left_k < last
              ? left_element(left, first_row + row, start + left_k, rows, depth, group)
              : 0.0f;
      const int right_k = RIGHT_ALONG_DEPTH ? place % BLOCK_DEPTH : place / BLOCK;
      const int column = RIGHT_ALONG_DEPTH ? place / BLOCK_DEPTH : place % BLOCK;
      right_block[right_k][column] =
          first_column + column < columns && start + right_k < last
              ? right_element(right, start + right_k, first_column + column, columns, depth, group)
              : 0.0f;
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
        const int index = (split * rows + row) * (columns * GROUPS) + channel;
        Vector value;
        FINISH(sums[i][j], channel, index, value);
        result[result_offset + index] = value;
      }
    }
}
