// Adds up `slice_count` slices of `count` vectors each, lowest first: the second stage of sums that
// work-groups split among themselves. The order is fixed, so that runs repeat exactly.

#include "common/vector.h"

__kernel void sum_slices(
    const int count, const int slice_count, __global const float *restrict slices,
    const int slices_offset, __global float *restrict sums, const int sums_offset) {
  FOR_EACH_VECTOR(i, count) {
    __global const float *slice = slices + slices_offset + i * VECTOR_WIDTH;
    Vector sum = LOAD(slice);
    for (int s = 1; s < slice_count; s++) sum += LOAD(slice + s * count * VECTOR_WIDTH);
    STORE(sum, sums + sums_offset + i * VECTOR_WIDTH);
  }
}
