// The gradient of a convolution with respect to its kernel, for CPU devices: the product of the
// transposed patches of the image with the gradients of the result, in register tiles of ROWS kernel
// rows (a tap and an input channel each) by two vectors of output channels.
//
// Images are N, height, width, channels; the target is [split][tap][input channel][output channel].
// Tasks are blocks of kernel rows by blocks of output channels, each with a split of the result's
// pixels; the sums of the splits are added up afterwards, in a fixed order. The work-items take equal
// shares of all tasks. For `steps` pixels at a time, a task packs its part of both operands into
// panels in scratch memory of the work-item, which stay in the second-level cache.

#include "common/vector.h"

// 12 sums, 2 vectors of gradients and 1 to 2 pixels fill 16 registers.
#ifndef ROWS
#define ROWS 6
#endif
#define PANEL (2 * VECTOR_WIDTH)
// The pixels that are packed together.
#define PACKED_STEPS 16

// One line of a patch begins at `image` plus its place; the line's taps are neighbours in memory if
// `is_contiguous`.
typedef struct {
  int image_height, image_width, channels, pixel_stride, kernel_width;
  int stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x;
  int is_contiguous;
} Window;

// Copies `count` floats, or as many zeros where `source` is null.
void copy_floats(__global const float *source, __global float *target, const int count) {
  int i = 0;
  for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH)
    STORE(source ? LOAD(source + i) : (Vector)(0.0f), target + i);
  for (; i < count; i++) target[i] = source ? source[i] : 0.0f;
}

// Copies kernel rows [first, first + count) of the patch of the result's pixel (line, column).
void gather_patch(
    const Window window, __global const float *image, const int line, const int column,
    const int first, const int count, __global float *target) {
  const int channels = window.channels, row_length = window.kernel_width * channels;
  const int left = column * window.stride_x - window.padding_x;
  const int takes_lines =
      window.is_contiguous && left >= 0 && left + window.kernel_width <= window.image_width;
  for (int i = 0; i < count;) {
    const int place = (first + i) % row_length, tap = place / channels;
    const int y = line * window.stride_y - window.padding_y +
                  (first + i) / row_length * window.dilation_y;
    const int x = left + tap * window.dilation_x, channel = place % channels;
    const int run = min(count - i, takes_lines ? row_length - place : channels - channel);
    const int is_inside =
        y >= 0 && y < window.image_height && x >= 0 && x < window.image_width;
    copy_floats(
        is_inside ? image + (y * window.image_width + x) * window.pixel_stride + channel : 0,
        target + i, run);
    i += run;
  }
}

__kernel void kernel_gradient_tile(
    const int task_count, const int splits, const int block_rows, const int block_columns,
    const int steps, const int scratch_stride,
    const int pixel_count, const int pixels_per_split, const int image_count, const int groups,
    const int image_height, const int image_width, const int image_channels,
    const int result_height, const int result_width, const int result_channels,
    const int kernel_height, const int kernel_width, const int stride_y, const int stride_x,
    const int padding_y, const int padding_x, const int dilation_y, const int dilation_x,
    __global const float *restrict image, const int image_offset,
    __global const float *restrict gradient, const int gradient_offset,
    __global float *scratch, const int scratch_offset,
    __global float *target, const int target_offset) {
  const int item = get_global_id(0), items = get_global_size(0);
  const int row_count = kernel_height * kernel_width * image_channels;
  const int row_blocks = (row_count + block_rows - 1) / block_rows;
  const int column_blocks = (result_channels + block_columns - 1) / block_columns;
  const int image_pixel = image_channels * groups, result_pixel = result_channels * groups;
  const int image_size = image_height * image_width * image_pixel;
  const int left_panel = steps * ROWS + VECTOR_WIDTH, right_panel = steps * PANEL;
  const Window window = {
      image_height, image_width, image_channels, image_pixel, kernel_width, stride_y, stride_x,
      padding_y, padding_x, dilation_y, dilation_x, dilation_x == 1 && groups == 1};
  const int patch_stride = block_rows + VECTOR_WIDTH;
  __global float *patches = scratch + scratch_offset + item * scratch_stride;
  __global float *left = patches + PACKED_STEPS * patch_stride;
  __global float *right = left + block_rows / ROWS * left_panel;
  image += image_offset;
  __global const float *image_end = image + image_count * image_size;
  gradient += gradient_offset;
  target += target_offset;

  const int last_task = (int)((long)task_count * (item + 1) / items);
  for (int task = (int)((long)task_count * item / items); task < last_task; task++) {
    const int split = task % splits, block = task / splits;
    const int first_column = block % column_blocks * block_columns;
    const int first_row = block / column_blocks % row_blocks * block_rows;
    const int group = block / column_blocks / row_blocks;
    const int rows = min(row_count - first_row, block_rows);
    const int columns = min(result_channels - first_column, block_columns);
    const int channel = group * result_channels + first_column;
    // Where all rows of the block are of one tap, a pixel's lie together in memory.
    const int tap = first_row / image_channels;
    const int is_one_tap = (first_row + rows - 1) / image_channels == tap;
    const int first_channel = first_row - tap * image_channels;
    const int tap_y = tap / kernel_width * dilation_y - padding_y;
    const int tap_x = tap % kernel_width * dilation_x - padding_x;
    __global const float *group_image = image + group * image_channels;
    __global float *result =
        target + (split * row_count + first_row) * result_pixel + channel;

    const int first_pixel = split * pixels_per_split;
    const int last_pixel = min(first_pixel + pixels_per_split, pixel_count);
    for (int start = first_pixel; start < last_pixel; start += steps) {
      const int count = min(last_pixel - start, steps);
      int column = start % result_width, line = start / result_width % result_height;
      __global const float *source =
          group_image + start / (result_width * result_height) * image_size;
      for (int step = 0; step < count; step += PACKED_STEPS) {
        const int packed = min(count - step, PACKED_STEPS);
        __global const float *values[PACKED_STEPS];
        for (int i = 0; i < packed; i++) {
          const int y = line * stride_y + tap_y, x = column * stride_x + tap_x;
          values[i] = source + (y * image_width + x) * image_pixel + first_channel;
          // Whole vectors are read, but none past the end of the image.
          if (!is_one_tap || y < 0 || y >= image_height || x < 0 || x >= image_width ||
              values[i] + rows + ROWS + VECTOR_WIDTH > image_end) {
            __global float *patch = patches + i * patch_stride;
            gather_patch(window, source, line, column, first_row, rows, patch);
            values[i] = patch;
          }
          if (++column == result_width) {
            column = 0;
            if (++line == result_height) {
              line = 0;
              source += image_size;
            }
          }
        }
        __global float *to = left + step * ROWS;
        for (int row = 0; row < rows; row += ROWS, to += left_panel) {
          // What runs over the end is overwritten by the next pixel.
          for (int i = 0; i < packed; i++)
#pragma unroll
            for (int j = 0; j < ROWS; j += VECTOR_WIDTH)
              STORE(LOAD(values[i] + row + j), to + i * ROWS + j);
        }
      }
      for (int first = 0; first < columns; first += PANEL) {
        __global const float *from = gradient + start * result_pixel + channel + first;
        __global float *to = right + first / PANEL * right_panel;
        const int part = columns - first;
        for (int step = 0; step < count; step++, from += result_pixel, to += PANEL) {
          STORE(part >= VECTOR_WIDTH ? LOAD(from) : load_part(from, part), to);
          STORE(
              part >= PANEL ? LOAD(from + VECTOR_WIDTH)
                            : load_part(from + VECTOR_WIDTH, part - VECTOR_WIDTH),
              to + VECTOR_WIDTH);
        }
      }
      for (int first = 0; first < columns; first += PANEL) {
        for (int row = 0; row < rows; row += ROWS) {
          __global const float *values = left + row / ROWS * left_panel;
          __global const float *panel = right + first / PANEL * right_panel;
          __global float *place = result + row * result_pixel + first;
          Vector sums[ROWS][2];
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int j = 0; j < 2; j++) {
              __global const float *part = place + i * result_pixel + j * VECTOR_WIDTH;
              const int part_count =
                  start > first_pixel && row + i < rows ? columns - first - j * VECTOR_WIDTH : 0;
              sums[i][j] = 0.0f;
              if (part_count >= VECTOR_WIDTH)
                sums[i][j] = LOAD(part);
              else if (part_count > 0)
                sums[i][j] = load_part(part, part_count);
            }
          }
          for (int step = 0; step < count; step++) {
            const Vector g0 = LOAD(panel), g1 = LOAD(panel + VECTOR_WIDTH);
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
              const Vector value = (Vector)(values[i]);
              sums[i][0] = MULTIPLY_ADD(value, g0, sums[i][0]);
              sums[i][1] = MULTIPLY_ADD(value, g1, sums[i][1]);
            }
            values += ROWS;
            panel += PANEL;
          }
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int j = 0; j < 2; j++) {
              __global float *part = place + i * result_pixel + j * VECTOR_WIDTH;
              // Loops without `break` unroll, which keeps the sums in registers.
              const int part_count = row + i < rows ? columns - first - j * VECTOR_WIDTH : 0;
              if (part_count >= VECTOR_WIDTH)
                STORE(sums[i][j], part);
              else
                store_part(sums[i][j], part, part_count);
            }
          }
        }
      }
    }
  }
}
