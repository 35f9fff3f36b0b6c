// The gradient of the maximum over each whole image: of equal maxima the first gets it. Images are
// N, pixels, channels; one work-item takes one vector of channels of one image. The forward pass and
// the gradient of the mean are reductions and repetitions (reduction/columns.cl, combine.cl).

#include "common/vector.h"

__kernel void global_maximum_gradient(
    const int pixels, const int channels, __global const float *restrict gradient,
    const int gradient_offset, __global const float *restrict image, const int image_offset,
    __global float *restrict result, const int result_offset) {
  const int c = get_global_id(0), n = get_global_id(1);
  if (c >= channels) return;
  const int first = (n * pixels * channels + c) * VECTOR_WIDTH, stride = channels * VECTOR_WIDTH;
  Vector value = LOAD(image + image_offset + first);
  IntVector winner = 0;
  for (int p = 1; p < pixels; p++) {
    const Vector v = LOAD(image + image_offset + first + p * stride);
    const IntVector wins = (v > value) | isnan(v);
    value = CHOOSE(wins, v, value);
    winner = select(winner, (IntVector)(p), wins);
  }
  const Vector g = LOAD(gradient + gradient_offset + (n * channels + c) * VECTOR_WIDTH);
  for (int p = 0; p < pixels; p++)
    STORE(CHOOSE(winner == p, g, 0.0f), result + result_offset + first + p * stride);
}
