// Combines two tensors element by element, the right one repeated as BROADCAST says, or repeats one
// tensor (`expand`). The result may take the place of an operand of its own size.
//
// FUNCTION is ADD, SUBTRACT or MULTIPLY. `image` is the count of vectors of one sample, `channels`
// that of one pixel.

#include "common/vector.h"

#define ADD 0
#define SUBTRACT 1
#define MULTIPLY 2
#ifndef FUNCTION
#define FUNCTION ADD
#endif
#if FUNCTION == ADD
#define COMBINE(a, b) ((a) + (b))
#elif FUNCTION == SUBTRACT
#define COMBINE(a, b) ((a) - (b))
#else
#define COMBINE(a, b) ((a) * (b))
#endif

#define SAME 0
#define CHANNELS 1
#define SAMPLE_CHANNELS 2
#define SCALAR 3
#ifndef BROADCAST
#define BROADCAST SAME
#endif
#if BROADCAST == SAME
#define REPEATED(p, i) LOAD(p + (i) * VECTOR_WIDTH)
#elif BROADCAST == CHANNELS
#define REPEATED(p, i) LOAD(p + (i) % channels * VECTOR_WIDTH)
#elif BROADCAST == SAMPLE_CHANNELS
#define REPEATED(p, i) LOAD(p + ((i) / image * channels + (i) % channels) * VECTOR_WIDTH)
#else
#define REPEATED(p, i) ((Vector)(*(p)))
#endif

__kernel void combine(
    const int count, const int image, const int channels, __global const float *left,
    const int left_offset, __global const float *right, const int right_offset,
    __global float *result, const int result_offset) {
  FOR_EACH_VECTOR(i, count) {
    const Vector a = LOAD(left + left_offset + i * VECTOR_WIDTH);
    const Vector b = REPEATED(right + right_offset, i);
    STORE(COMBINE(a, b), result + result_offset + i * VECTOR_WIDTH);
  }
}

__kernel void expand(
    const int count, const int image, const int channels, const float factor,
    __global const float *x, const int x_offset, __global float *result,
    const int result_offset) {
  FOR_EACH_VECTOR(i, count)
    STORE(REPEATED(x + x_offset, i) * factor, result + result_offset + i * VECTOR_WIDTH);
}
