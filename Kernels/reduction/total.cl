// Sums all elements, or their squares (SQUARES), to one: first each work-item a chunk, then one
// work-item the chunks.

#include "common/vector.h"

#ifdef SQUARES
#define TERM(v) ((v) * (v))
#else
#define TERM(v) (v)
#endif

__kernel void sum_chunks(
    const int count, const int vectors_per_chunk, __global const float *restrict x,
    const int x_offset, __global float *restrict sums, const int sums_offset) {
  const int first = get_global_id(0) * vectors_per_chunk;
  const int last = min(first + vectors_per_chunk, count);
  if (first >= last) return;
  Vector sum = 0.0f;
  FOR_EACH_BLOCK(start, first, last) {
    Vector block_sum = 0.0f;
    FOR_BLOCK(i, start, last) {
      const Vector v = LOAD(x + x_offset + i * VECTOR_WIDTH);
      block_sum += TERM(v);
    }
    sum += block_sum;
  }
  sums[sums_offset + get_global_id(0)] = sum_of_elements(sum);
}

__kernel void sum_of_chunks(
    const int count, __global const float *restrict sums, const int sums_offset,
    __global float *restrict total, const int total_offset) {
  if (get_global_id(0) != 0) return;
  float sum = 0.0f;
  FOR_EACH_BLOCK(start, 0, count) {
    float block_sum = 0.0f;
    FOR_BLOCK(i, start, count) block_sum += sums[sums_offset + i];
    sum += block_sum;
  }
  total[total_offset] = sum;
}
