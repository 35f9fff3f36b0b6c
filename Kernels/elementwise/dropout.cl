// Inverted dropout: element i of a sample survives where a hash of (i, the sample's seed, stream) reaches
// the threshold. The gradient is the same operation on the gradient, so no mask is kept. A row of x and
// y holds a sample, in `row_length` vectors; x and y may be the same. seeds: two words for each sample.

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
    const int count, const int row_length, const uint stream, const uint threshold, const float factor,
    __global const float *x, const int x_offset, __global const uint *seeds, const int seeds_offset,
    __global float *y, const int y_offset) {
  uint lanes[VECTOR_WIDTH];
  for (int j = 0; j < VECTOR_WIDTH; j++) lanes[j] = j;
  const UIntVector lane = LOAD(lanes);
  FOR_EACH_VECTOR(i, count) {
    const int row = i / row_length;
    const uint first = seeds[seeds_offset + 2 * row];
    const uint second = seeds[seeds_offset + 2 * row + 1] + stream * 0x9E3779B9u;
    const UIntVector index = lane + (uint)((i - row * row_length) * VECTOR_WIDTH);
    const UIntVector hash = mix(mix(index ^ first) ^ second);
    const Vector v = LOAD(x + x_offset + i * VECTOR_WIDTH) * factor;
    STORE(CHOOSE(hash >= (UIntVector)(threshold), v, 0.0f), y + y_offset + i * VECTOR_WIDTH);
  }
}
