// Inverted dropout: element i survives where a hash of (i, seed, stream) reaches the threshold. The
// gradient is the same operation on the gradient, so no mask is kept. x and y may be the same.

#include "common/vector.h"

// lowbias32: a bijection of 32-bit integers, https://nullprogram.com/blog/2018/07/31.
UIntVector mix(UIntVector v) {
  v ^= v >> 16;
  v *= 0x7feb352du;
  v ^= v >> 15;
  v *= 0x846ca68bu;
  v ^= v >> 16;
  return v;
}

__kernel void dropout(
    const int count, const uint stream, const uint threshold, const float factor,
    __global const float *x, const int x_offset, __global const uint *seed, const int seed_offset,
    __global float *y, const int y_offset) {
  const uint first = seed[seed_offset], second = seed[seed_offset + 1] + stream * 0x9E3779B9u;
  uint lanes[VECTOR_WIDTH];
  for (int j = 0; j < VECTOR_WIDTH; j++) lanes[j] = j;
  const UIntVector lane = LOAD(lanes);
  FOR_EACH_VECTOR(i, count) {
    const UIntVector index = lane + (uint)(i * VECTOR_WIDTH);
    const UIntVector hash = mix(mix(index ^ first) ^ second);
    const Vector v = LOAD(x + x_offset + i * VECTOR_WIDTH) * factor;
    STORE(CHOOSE(hash >= (UIntVector)(threshold), v, 0.0f), y + y_offset + i * VECTOR_WIDTH);
  }
}
