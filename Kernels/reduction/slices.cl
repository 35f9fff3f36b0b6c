// Adds up `slice_count` slices of `count` vectors each, lowest first: the second stage of sums that
// work-groups split among themselves. The order is fixed, so that runs repeat exactly.

#include "common/vector.h"

__kernel void sum_slices(
    const int count, const int slice_count, __global const float *restrict slices,
    const int slices_offset, __global float *restrict sums, const int sums_offset) {
  FOR_EACH_VECTOR(i, count) {
    __global const float *slice = slices + slices_offset + i * VECTOR_WIDTH;
    Vector sum = 0.0f;
    FOR_EACH_BLOCK(start, 0, slice_count) {
      Vector block_sum = 0.0f;
      FOR_BLOCK(s, start, slice_count) block_sum += LOAD(slice + s * count * VECTOR_WIDTH);
      sum += block_sum;
    }
    STORE(sum, sums + sums_offset + i * VECTOR_WIDTH);
  }
}
