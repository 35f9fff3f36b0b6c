// The mean of each sequence (N, length, channels) over the places that a mask (N, length) keeps, and its
// gradient. The first axis of work-items counts vectors of channels, the second one sequences.

#include "common/vector.h"

// 1 / the sum of the mask, or 0 where it is 0 everywhere.
float mask_factor(__global const float *mask, const int length) {
  float sum = 0.0f;
  for (int t = 0; t < length; t++) sum += mask[t];
  return sum == 0.0f ? 0.0f : 1.0f / sum;
}

__kernel void masked_mean(
    const int row_vectors, const int length, __global const float *restrict x, const int x_offset,
    __global const float *restrict mask, const int mask_offset, __global float *restrict result,
    const int result_offset) {
  const int c = get_global_id(0), sample = get_global_id(1);
  if (c >= row_vectors) return;
  x += x_offset + (sample * length * row_vectors + c) * VECTOR_WIDTH;
  mask += mask_offset + sample * length;
  Vector sum = 0.0f;
  for (int t = 0; t < length; t++)
    if (mask[t] != 0.0f) sum = MULTIPLY_ADD((Vector)(mask[t]), LOAD(x + t * row_vectors * VECTOR_WIDTH), sum);
  STORE(sum * mask_factor(mask, length),
        result + result_offset + (sample * row_vectors + c) * VECTOR_WIDTH);
}

__kernel void masked_mean_gradient(
    const int row_vectors, const int length, __global const float *restrict mask,
    const int mask_offset, __global const float *restrict gradient, const int gradient_offset,
    __global float *restrict result, const int result_offset) {
  const int c = get_global_id(0), sample = get_global_id(1);
  if (c >= row_vectors) return;
  mask += mask_offset + sample * length;
  result += result_offset + (sample * length * row_vectors + c) * VECTOR_WIDTH;
  const Vector share = LOAD(gradient + gradient_offset + (sample * row_vectors + c) * VECTOR_WIDTH) *
                       mask_factor(mask, length);
  for (int t = 0; t < length; t++) STORE(share * mask[t], result + t * row_vectors * VECTOR_WIDTH);
}
