// Depthwise convolution (one kernel a channel) and its gradients, vectors along channels. Images are
// N, height, width, channels; kernels are height, width, 1, channels.
//
// The kernel's size and what lies between its taps and between results along x are fixed when the
// program is built, so that COLUMNS neighbouring results share what they read. With FLIPPED the taps
// are read last to first: the gradient with respect to the image of a convolution of stride 1 is the
// convolution of the result's gradient with the flipped kernel. The first axis counts runs of channel
// vectors, the second runs of blocks of columns, the third runs of lines.

#include "common/epilogue.h"

#ifndef KERNEL_HEIGHT
#define KERNEL_HEIGHT 3
#endif
#ifndef KERNEL_WIDTH
#define KERNEL_WIDTH 3
#endif
#ifndef STRIDE_X
#define STRIDE_X 1
#endif
#ifndef DILATION_X
#define DILATION_X 1
#endif
#ifndef COLUMNS
#define COLUMNS 4
#endif
#define TAPS (KERNEL_HEIGHT * KERNEL_WIDTH)
#ifdef FLIPPED
#define TAP(ky, kx) (TAPS - 1 - ((ky) * KERNEL_WIDTH + (kx)))
#else
#define TAP(ky, kx) ((ky) * KERNEL_WIDTH + (kx))
#endif

#define GEOMETRY                                                                                  \
  const int line_count, const int channels, const int channel_run, const int block_run,           \
      const int line_run, const int image_height, const int image_width, const int result_height, \
      const int result_width, const int stride_y, const int padding_y, const int padding_x,       \
      const int dilation_y

__kernel void depthwise(
    GEOMETRY, __global const float *restrict image, const int image_offset,
    __global const float *restrict weights, const int weights_offset,
    BIAS_PARAMETER RESIDUAL_PARAMETER __global float *result, const int result_offset) {
  const int blocks = (result_width + COLUMNS - 1) / COLUMNS;
  const int vectors = channels / VECTOR_WIDTH;
  FOR_SHARE(line, 2, line_run, line_count) {
    const int top = line % result_height * stride_y - padding_y;
    __global const float *images =
        image + image_offset + line / result_height * image_height * image_width * channels;
    FOR_SHARE(block, 1, block_run, blocks) {
      const int first_column = block * COLUMNS, left = first_column * STRIDE_X - padding_x;
      const int last = left + (COLUMNS - 1) * STRIDE_X + (KERNEL_WIDTH - 1) * DILATION_X;
      const int inside =
          left >= 0 && last < image_width && first_column + COLUMNS <= result_width;
      FOR_SHARE(vector, 0, channel_run, vectors) {
        const int channel = vector * VECTOR_WIDTH;
        __global const float *taps = weights + weights_offset + channel;
        Vector sums[COLUMNS];
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) sums[j] = 0.0f;
        if (inside) {
#pragma unroll
          for (int ky = 0; ky < KERNEL_HEIGHT; ky++) {
            const int y = top + ky * dilation_y;
            if (y < 0 || y >= image_height) continue;
            __global const float *pixel = images + (y * image_width + left) * channels + channel;
#pragma unroll
            for (int kx = 0; kx < KERNEL_WIDTH; kx++) {
              const Vector tap = LOAD(taps + TAP(ky, kx) * channels);
#pragma unroll
              for (int j = 0; j < COLUMNS; j++)
                sums[j] = MULTIPLY_ADD(
                    LOAD(pixel + (j * STRIDE_X + kx * DILATION_X) * channels), tap, sums[j]);
            }
          }
        } else {
          for (int ky = 0; ky < KERNEL_HEIGHT; ky++) {
            const int y = top + ky * dilation_y;
            if (y < 0 || y >= image_height) continue;
            __global const float *pixels = images + y * image_width * channels + channel;
            for (int kx = 0; kx < KERNEL_WIDTH; kx++) {
              const Vector tap = LOAD(taps + TAP(ky, kx) * channels);
#pragma unroll
              for (int j = 0; j < COLUMNS; j++) {
                const int x = left + j * STRIDE_X + kx * DILATION_X;
                if (x >= 0 && x < image_width)
                  sums[j] = MULTIPLY_ADD(LOAD(pixels + x * channels), tap, sums[j]);
              }
            }
          }
        }
#pragma unroll
        for (int j = 0; j < COLUMNS; j++)
          if (first_column + j < result_width) {
            const int index = (line * result_width + first_column + j) * channels + channel;
            Vector value;
            FINISH(sums[j], channel, index, value);
            STORE(value, result + result_offset + index);
          }
      }
    }
  }
}

// The gradient with respect to the image, for any stride: lines and columns are the image's, and a
// block is one column.
__kernel void depthwise_input_gradient(
    GEOMETRY, __global const float *restrict gradient, const int gradient_offset,
    __global const float *restrict weights, const int weights_offset,
    __global float *restrict result, const int result_offset) {
  const int vectors = channels / VECTOR_WIDTH;
  FOR_SHARE(line, 2, line_run, line_count) {
    const int y = line % image_height + padding_y, n = line / image_height;
    FOR_SHARE(column, 1, block_run, image_width) {
      // The result that sees this pixel through each tap; -1 where none does.
      int seen_from[TAPS];
#pragma unroll
      for (int tap = 0; tap < TAPS; tap++) {
        const int down = y - tap / KERNEL_WIDTH * dilation_y;
        const int right = column + padding_x - tap % KERNEL_WIDTH * DILATION_X;
        const int sees = down >= 0 && down % stride_y == 0 && down / stride_y < result_height &&
                         right >= 0 && right % STRIDE_X == 0 && right / STRIDE_X < result_width;
        seen_from[tap] =
            sees ? ((n * result_height + down / stride_y) * result_width + right / STRIDE_X) *
                       channels
                 : -1;
      }
      FOR_SHARE(vector, 0, channel_run, vectors) {
        const int channel = vector * VECTOR_WIDTH;
        Vector sum = 0.0f;
#pragma unroll
        for (int tap = 0; tap < TAPS; tap++)
          if (seen_from[tap] >= 0)
            sum = MULTIPLY_ADD(
                LOAD(gradient + gradient_offset + seen_from[tap] + channel),
                LOAD(weights + weights_offset + tap * channels + channel), sum);
        STORE(sum, result + result_offset + (line * image_width + column) * channels + channel);
      }
    }
  }
}

// The gradient with respect to the kernel, of each run of lines of the result for itself:
// [run][tap][channels], to be added up. A work-item takes one vector of channels.
__kernel void depthwise_kernel_gradient(
    GEOMETRY, __global const float *restrict image, const int image_offset,
    __global const float *restrict gradient, const int gradient_offset,
    __global float *restrict result, const int result_offset) {
  const int channel = get_global_id(0) * VECTOR_WIDTH;
  if (channel >= channels) return;
  Vector sums[TAPS];
#pragma unroll
  for (int i = 0; i < TAPS; i++) sums[i] = 0.0f;
  image += image_offset + channel;
  gradient += gradient_offset + channel;
  FOR_SHARE(line, 2, line_run, line_count) {
    const int top = line % result_height * stride_y - padding_y;
    __global const float *images =
        image + line / result_height * image_height * image_width * channels;
    for (int column = 0; column < result_width; column++) {
      const int left = column * STRIDE_X - padding_x;
      const Vector g = LOAD(gradient + (line * result_width + column) * channels);
#pragma unroll
      for (int ky = 0; ky < KERNEL_HEIGHT; ky++) {
        const int y = top + ky * dilation_y;
        if (y < 0 || y >= image_height) continue;
#pragma unroll
        for (int kx = 0; kx < KERNEL_WIDTH; kx++) {
          const int x = left + kx * DILATION_X;
          if (x < 0 || x >= image_width) continue;
          sums[ky * KERNEL_WIDTH + kx] = MULTIPLY_ADD(
              LOAD(images + (y * image_width + x) * channels), g, sums[ky * KERNEL_WIDTH + kx]);
        }
      }
    }
  }
#pragma unroll
  for (int i = 0; i < TAPS; i++)
    STORE(sums[i],
          result + result_offset + ((int)get_global_id(2) * TAPS + i) * channels + channel);
}
