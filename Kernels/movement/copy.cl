// Copies a box of up to four axes between tensors: the innermost axis is contiguous in both, the
// others have strides, all counted in vectors. The first axis of work-items counts the box's vectors.

#include "common/vector.h"

__kernel void copy_box(
    const int count, const int extent1, const int extent2, const int extent3,
    const int source_stride0, const int source_stride1, const int source_stride2,
    const int source_first, const int target_stride0, const int target_stride1,
    const int target_stride2, const int target_first, __global const float *restrict source,
    const int source_offset, __global float *restrict target, const int target_offset) {
  FOR_EACH_VECTOR(i, count) {
    const int i3 = i % extent3, rest = i / extent3;
    const int i2 = rest % extent2, i1 = rest / extent2 % extent1, i0 = rest / (extent2 * extent1);
    const int from = source_first + i0 * source_stride0 + i1 * source_stride1 +
                     i2 * source_stride2 + i3;
    const int to = target_first + i0 * target_stride0 + i1 * target_stride1 +
                   i2 * target_stride2 + i3;
    STORE(LOAD(source + source_offset + from * VECTOR_WIDTH),
          target + target_offset + to * VECTOR_WIDTH);
  }
}
