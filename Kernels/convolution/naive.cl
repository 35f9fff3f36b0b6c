// The convolution and its gradients by their definitions, one work-item an element: the reference.
//
// Images are N, height, width, channels; kernels are height, width, input channels of a group,
// output channels. Counts of channels are those of one group.

#include "common/epilogue.h"

#define GEOMETRY                                                                                  \
  const int image_count, const int groups, const int image_height, const int image_width,         \
      const int image_channels, const int result_height, const int result_width,                  \
      const int result_channels, const int kernel_height, const int kernel_width,                 \
      const int stride_y, const int stride_x, const int padding_y, const int padding_x,           \
      const int dilation_y, const int dilation_x

__kernel void convolution(
    GEOMETRY, __global const float *image, const int image_offset, __global const float *weights,
    const int weights_offset, BIAS_PARAMETER RESIDUAL_PARAMETER
    __global float *result, const int result_offset) {
  const int all_channels = result_channels * groups;
  const int index = get_global_id(0);
  if (index >= image_count * result_height * result_width * all_channels) return;
  const int channel = index % all_channels, group = channel / result_channels;
  const int column = index / all_channels % result_width;
  const int line = index / (all_channels * result_width) % result_height;
  const int n = index / (all_channels * result_width * result_height);
  float sum = 0.0f;
  for (int ky = 0; ky < kernel_height; ky++)
    for (int kx = 0; kx < kernel_width; kx++) {
      const int y = line * stride_y + ky * dilation_y - padding_y;
      const int x = column * stride_x + kx * dilation_x - padding_x;
      if (y < 0 || y >= image_height || x < 0 || x >= image_width) continue;
      const int pixel = ((n * image_height + y) * image_width + x) * image_channels * groups;
      for (int c = 0; c < image_channels; c++)
        sum += image[image_offset + pixel + group * image_channels + c] *
               weights[weights_offset +
                       ((ky * kernel_width + kx) * image_channels + c) * all_channels + channel];
    }
  Vector value;
  FINISH(sum, channel, index, value);
  result[result_offset + index] = value;
}

__kernel void convolution_input_gradient(
    GEOMETRY, __global const float *gradient, const int gradient_offset,
    __global const float *weights, const int weights_offset, __global float *result,
    const int result_offset) {
  const int all_channels = image_channels * groups, gradient_channels = result_channels * groups;
  const int index = get_global_id(0);
  if (index >= image_count * image_height * image_width * all_channels) return;
  const int channel = index % all_channels, group = channel / image_channels;
  const int x = index / all_channels % image_width;
  const int y = index / (all_channels * image_width) % image_height;
  const int n = index / (all_channels * image_width * image_height);
  float sum = 0.0f;
  for (int ky = 0; ky < kernel_height; ky++)
    for (int kx = 0; kx < kernel_width; kx++) {
      const int down = y + padding_y - ky * dilation_y, right = x + padding_x - kx * dilation_x;
      if (down < 0 || down % stride_y != 0 || right < 0 || right % stride_x != 0) continue;
      const int line = down / stride_y, column = right / stride_x;
      if (line >= result_height || column >= result_width) continue;
      const int pixel = (n * result_height + line) * result_width + column;
      const int row = (ky * kernel_width + kx) * image_channels + channel % image_channels;
      for (int k = group * result_channels; k < (group + 1) * result_channels; k++)
        sum += gradient[gradient_offset + pixel * gradient_channels + k] *
               weights[weights_offset + row * gradient_channels + k];
    }
  result[result_offset + index] = sum;
}

__kernel void convolution_kernel_gradient(
    GEOMETRY, __global const float *image, const int image_offset, __global const float *gradient,
    const int gradient_offset, __global float *result, const int result_offset) {
  const int all_channels = result_channels * groups;
  const int index = get_global_id(0);
  if (index >= kernel_height * kernel_width * image_channels * all_channels) return;
  const int channel = index % all_channels, group = channel / result_channels;
  const int c = index / all_channels % image_channels + group * image_channels;
  const int kx = index / (all_channels * image_channels) % kernel_width;
  const int ky = index / (all_channels * image_channels * kernel_width);
  float sum = 0.0f;
  for (int n = 0; n < image_count; n++)
    for (int line = 0; line < result_height; line++) {
      const int y = line * stride_y + ky * dilation_y - padding_y;
      if (y < 0 || y >= image_height) continue;
      for (int column = 0; column < result_width; column++) {
        const int x = column * stride_x + kx * dilation_x - padding_x;
        if (x < 0 || x >= image_width) continue;
        sum += image[image_offset +
                     ((n * image_height + y) * image_width + x) * image_channels * groups + c] *
               gradient[gradient_offset +
                        ((n * result_height + line) * result_width + column) * all_channels +
                        channel];
      }
    }
  result[result_offset + index] = sum;
}
