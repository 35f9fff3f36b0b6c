// Depthwise convolution (one kernel a channel) and its gradients, vectors along channels. Images are
// N, height, width, channels; kernels are height, width, 1, channels.
//
// KERNEL_HEIGHT and KERNEL_WIDTH are fixed when the program is built, so that the taps stay in
// registers. With FLIPPED the taps are read last to first: the gradient with respect to the image of
// a convolution of stride 1 is the convolution of the result's gradient with the flipped kernel. The
// first axis counts channel vectors, the second runs of columns, the third runs of lines.

#include "common/epilogue.h"

#ifndef KERNEL_HEIGHT
#define KERNEL_HEIGHT 3
#endif
#ifndef KERNEL_WIDTH
#define KERNEL_WIDTH 3
#endif
#define TAPS (KERNEL_HEIGHT * KERNEL_WIDTH)
#ifdef FLIPPED
#define TAP(ky, kx) (TAPS - 1 - ((ky) * KERNEL_WIDTH + (kx)))
#else
#define TAP(ky, kx) ((ky) * KERNEL_WIDTH + (kx))
#endif

#define GEOMETRY                                                                                  \
  const int line_count, const int channels, const int line_run, const int column_run,             \
      const int image_height, const int image_width, const int result_height,                     \
      const int result_width, const int stride_y, const int stride_x, const int padding_y,        \
      const int padding_x, const int dilation_y, const int dilation_x

__kernel void depthwise(
    GEOMETRY, __global const float *restrict image, const int image_offset,
    __global const float *restrict weights, const int weights_offset,
    BIAS_PARAMETER RESIDUAL_PARAMETER __global float *result, const int result_offset) {
  const int channel = get_global_id(0) * VECTOR_WIDTH;
  if (channel >= channels) return;
  Vector taps[TAPS];
#pragma unroll
  for (int i = 0; i < TAPS; i++) taps[i] = LOAD(weights + weights_offset + i * channels + channel);
  image += image_offset + channel;
  // The columns whose whole window lies inside.
  const int first_inside = (padding_x + stride_x - 1) / stride_x;
  const int last_inside = (image_width - 1 - (KERNEL_WIDTH - 1) * dilation_x + padding_x);

  FOR_SHARE(line, 2, line_run, line_count) {
    const int top = line % result_height * stride_y - padding_y;
    __global const float *images = image + line / result_height * image_height * image_width * channels;
    FOR_SHARE(column, 1, column_run, result_width) {
      const int left = column * stride_x - padding_x;
      const int inside = column >= first_inside && column * stride_x <= last_inside;
      Vector sum = 0.0f;
#pragma unroll
      for (int ky = 0; ky < KERNEL_HEIGHT; ky++) {
        const int y = top + ky * dilation_y;
        if (y < 0 || y >= image_height) continue;
        __global const float *pixel = images + (y * image_width + left) * channels;
        if (inside) {
#pragma unroll
          for (int kx = 0; kx < KERNEL_WIDTH; kx++)
            sum = MULTIPLY_ADD(LOAD(pixel + kx * dilation_x * channels), taps[TAP(ky, kx)], sum);
        } else {
#pragma unroll
          for (int kx = 0; kx < KERNEL_WIDTH; kx++) {
            const int x = left + kx * dilation_x;
            if (x >= 0 && x < image_width)
              sum = MULTIPLY_ADD(LOAD(pixel + kx * dilation_x * channels), taps[TAP(ky, kx)], sum);
          }
        }
      }
      const int index = (line * result_width + column) * channels + channel;
      Vector value;
      FINISH(sum, channel, index, value);
      STORE(value, result + result_offset + index);
    }
  }
}

// The gradient with respect to the image, for any stride: lines and columns are the image's.
__kernel void depthwise_input_gradient(
    GEOMETRY, __global const float *restrict gradient, const int gradient_offset,
    __global const float *restrict weights, const int weights_offset,
    __global float *restrict result, const int result_offset) {
  const int channel = get_global_id(0) * VECTOR_WIDTH;
  if (channel >= channels) return;
  Vector taps[TAPS];
#pragma unroll
  for (int i = 0; i < TAPS; i++) taps[i] = LOAD(weights + weights_offset + i * channels + channel);
  gradient += gradient_offset + channel;
  FOR_SHARE(line, 2, line_run, line_count) {
    const int y = line % image_height + padding_y, n = line / image_height;
    FOR_SHARE(column, 1, column_run, image_width) {
      const int x = column + padding_x;
      Vector sum = 0.0f;
#pragma unroll
      for (int ky = 0; ky < KERNEL_HEIGHT; ky++) {
        const int down = y - ky * dilation_y;
        if (down < 0 || down % stride_y != 0 || down / stride_y >= result_height) continue;
        __global const float *pixels =
            gradient + (n * result_height + down / stride_y) * result_width * channels;
#pragma unroll
        for (int kx = 0; kx < KERNEL_WIDTH; kx++) {
          const int right = x - kx * dilation_x;
          if (right < 0 || right % stride_x != 0 || right / stride_x >= result_width) continue;
          sum = MULTIPLY_ADD(
              LOAD(pixels + right / stride_x * channels), taps[ky * KERNEL_WIDTH + kx], sum);
        }
      }
      STORE(sum, result + result_offset + (line * image_width + column) * channels + channel);
    }
  }
}

// The gradient with respect to the kernel, of each run of lines of the result for itself:
// [run][tap][channels], to be added up.
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
    __global const float *images = image + line / result_height * image_height * image_width * channels;
    for (int column = 0; column < result_width; column++) {
      const int left = column * stride_x - padding_x;
      const Vector g = LOAD(gradient + (line * result_width + column) * channels);
#pragma unroll
      for (int ky = 0; ky < KERNEL_HEIGHT; ky++) {
        const int y = top + ky * dilation_y;
        if (y < 0 || y >= image_height) continue;
#pragma unroll
        for (int kx = 0; kx < KERNEL_WIDTH; kx++) {
          const int x = left + kx * dilation_x;
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
