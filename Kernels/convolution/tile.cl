// Convolution and its gradient with respect to the image, for CPU devices: one work-item computes
// tiles of ROWS pixels by two vectors of channels in registers.
//
// Images are N, height, width, channels. The kernel is packed by matrix/pack.cl into panels of
// 2 * VECTOR_WIDTH result channels: [group][panel][tap][source channel][2 * VECTOR_WIDTH], followed
// by as many zeros as a group has source channels. Pixels outside the image are read from those.
// Axis `row_axis` counts blocks of pixels, the other one of the first two axes panels.
//
// With INPUT_GRADIENT the source is the gradient of the convolution's result and the target the
// gradient of its image. Target pixels of one phase (position modulo stride) see the same taps, so
// the third axis counts phases.
//
// With CONTIGUOUS (one group, no dilation along x) the taps of one line of the kernel that a pixel sees
// are neighbours in memory, and are walked in one go wherever none lies outside the image; there are
// then as many zeros as one line of taps has source channels.
//
// With POINTWISE (kernel 1x1, no padding) a pixel is a row of a matrix: with STRIDED not of all rows.

#include "common/epilogue.h"

// 12 sums, 2 vectors of the kernel and 1 to 2 pixels fill 16 registers.
#ifndef ROWS
#define ROWS 6
#endif
#define PANEL (2 * VECTOR_WIDTH)

__kernel void convolution_tile(
    const int image_count, const int block_rows, const int row_axis, const int groups,
    const int source_height, const int source_width, const int source_channels,
    const int target_height, const int target_width, const int target_channels,
    const int kernel_height, const int kernel_width, const int stride_y, const int stride_x,
    const int padding_y, const int padding_x, const int dilation_y, const int dilation_x,
    __global const float *restrict source, const int source_offset,
    __global const float *restrict kernel_panels, const int kernel_offset,
    BIAS_PARAMETER RESIDUAL_PARAMETER
    __global float *target, const int target_offset) {
#ifdef INPUT_GRADIENT
  const int phase_y = get_global_id(2) / stride_x, phase_x = get_global_id(2) % stride_x;
  const int grid_height = (target_height - phase_y + stride_y - 1) / stride_y;
  const int grid_width = (target_width - phase_x + stride_x - 1) / stride_x;
#else
  const int grid_height = target_height, grid_width = target_width;
#endif
  const int row_count = image_count * grid_height * grid_width;
  const int first = get_global_id(row_axis) * block_rows;
  const int last = min(first + block_rows, row_count);
  if (first >= last) return;

  const int panels = (target_channels + PANEL - 1) / PANEL;
  const int group = get_global_id(1 - row_axis) / panels;
  const int panel = get_global_id(1 - row_axis) % panels;
  const int depth = kernel_height * kernel_width * source_channels;
  const int source_pixel = source_channels * groups, target_pixel = target_channels * groups;
  __global const float *weights =
      kernel_panels + kernel_offset + (group * panels + panel) * depth * PANEL;
  __global const float *zeros = kernel_panels + kernel_offset + groups * panels * depth * PANEL;
  const int channel = group * target_channels + panel * PANEL;
  const int columns = min(target_channels - panel * PANEL, PANEL);
  source += source_offset + group * source_channels;
  target += target_offset + channel;

  // The pixel of the next row.
  int column = first % grid_width, line = first / grid_width % grid_height;
  int image = first / (grid_width * grid_height);

  for (int row = first; row < last; row += ROWS) {
    Vector sums[ROWS][2];
    int position[ROWS];
#if !defined(POINTWISE) || defined(STRIDED)
    int base_y[ROWS], base_x[ROWS], base_image[ROWS];
#ifdef CONTIGUOUS
    int all_inside = 1;
#else
    const int all_inside = 0;
#endif
#endif
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      sums[i][0] = sums[i][1] = 0.0f;
#if defined(POINTWISE) && !defined(STRIDED)
      position[i] = row + i;
#else
      base_image[i] = image * source_height;
#ifdef INPUT_GRADIENT
      base_y[i] = line;
      base_x[i] = column;
      position[i] = (image * target_height + line * stride_y + phase_y) * target_width +
                    column * stride_x + phase_x;
#else
      base_y[i] = line * stride_y - padding_y;
      base_x[i] = column * stride_x - padding_x;
      position[i] = row + i;
#endif
#ifdef CONTIGUOUS
      all_inside = all_inside && base_x[i] >= 0 && base_x[i] + kernel_width <= source_width;
#endif
      // A row past the end finds nothing inside the image.
      if (row + i >= last) base_y[i] = -(1 << 30);
      if (++column == grid_width) {
        column = 0;
        if (++line == grid_height) {
          line = 0;
          image++;
        }
      }
#endif
    }

#ifdef POINTWISE
    {
      __global const float *panel_row = weights;
      __global const float *pixels[ROWS];
#pragma unroll
      for (int i = 0; i < ROWS; i++)
#ifdef STRIDED
        pixels[i] = row + i < last
                        ? source + ((base_image[i] + base_y[i]) * source_width + base_x[i]) * source_pixel
                        : zeros;
#else
        pixels[i] = source + min(row + i, row_count - 1) * source_pixel;
#endif
      const int run = source_channels;
#else
    const int taps_x = all_inside ? 1 : kernel_width;
    const int run = all_inside ? kernel_width * source_channels : source_channels;
    for (int ky = 0; ky < kernel_height; ky++) {
#ifdef INPUT_GRADIENT
      if ((phase_y + padding_y - ky * dilation_y) % stride_y != 0) continue;
      const int tap_y = (phase_y + padding_y - ky * dilation_y) / stride_y;
#else
      const int tap_y = ky * dilation_y;
#endif
      for (int kx = 0; kx < taps_x; kx++) {
#ifdef INPUT_GRADIENT
        if ((phase_x + padding_x - kx * dilation_x) % stride_x != 0) continue;
        const int tap_x = (phase_x + padding_x - kx * dilation_x) / stride_x;
#else
        const int tap_x = kx * dilation_x;
#endif
        __global const float *panel_row =
            weights + (ky * kernel_width + kx) * source_channels * PANEL;
        __global const float *pixels[ROWS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          const int y = base_y[i] + tap_y, x = base_x[i] + tap_x;
          const int inside = y >= 0 && y < source_height && x >= 0 && x < source_width;
          pixels[i] =
              inside ? source + ((base_image[i] + y) * source_width + x) * source_pixel : zeros;
        }
#endif
        for (int c = 0; c < run; c++) {
          const Vector w0 = LOAD(panel_row), w1 = LOAD(panel_row + VECTOR_WIDTH);
          panel_row += PANEL;
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
            const Vector value = (Vector)(pixels[i][c]);
            sums[i][0] = MULTIPLY_ADD(value, w0, sums[i][0]);
            sums[i][1] = MULTIPLY_ADD(value, w1, sums[i][1]);
          }
        }
#ifndef POINTWISE
      }
#endif
    }

    // Residuals are loaded before the first result is stored, which may go to the same memory.
    Vector results[ROWS][2];
    if (row + ROWS <= last && columns == PANEL) {
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
        const int index = position[i] * target_pixel;
        FINISH(sums[i][0], channel, channel + index, results[i][0]);
        FINISH(sums[i][1], channel + VECTOR_WIDTH, channel + index + VECTOR_WIDTH, results[i][1]);
      }
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
        __global float *pixel = target + position[i] * target_pixel;
        STORE(results[i][0], pixel);
        STORE(results[i][1], pixel + VECTOR_WIDTH);
      }
      continue;
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
      for (int j = 0; j < 2; j++) {
        const int index = position[i] * target_pixel + j * VECTOR_WIDTH;
        const int shift = j * VECTOR_WIDTH;
        // Loops without `break` unroll, which keeps the sums in registers.
        const int count = row + i < last ? columns - shift : 0;
        results[i][j] = sums[i][j];
        if (count >= VECTOR_WIDTH) {
          FINISH(sums[i][j], channel + shift, channel + index, results[i][j]);
        } else if (count > 0) {
          FINISH_PART(sums[i][j], channel + shift, channel + index, count, results[i][j]);
        }
      }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
      for (int j = 0; j < 2; j++) {
        const int index = position[i] * target_pixel + j * VECTOR_WIDTH;
        const int count = row + i < last ? columns - j * VECTOR_WIDTH : 0;
        if (count >= VECTOR_WIDTH) {
          STORE(results[i][j], target + index);
        } else if (count > 0) {
          store_part(results[i][j], target + index, count);
        }
      }
    }
  }
}
