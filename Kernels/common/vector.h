// Vectors of VECTOR_WIDTH neighbouring elements: what one lane of a CPU device or one work-item of a
// GPU works on at a time. A width of 1 fits every extent; the host picks the widest that divides it.

#ifndef VECTOR_WIDTH
#define VECTOR_WIDTH 1
#endif
// The vectors that one work-item of an element-wise kernel takes: 1 on a GPU, where neighbouring
// work-items read neighbouring vectors; many on a CPU device, where a work-item is a loop.
#ifndef RUN
#define RUN 1
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#if VECTOR_WIDTH == 1
typedef float Vector;
typedef int IntVector;
typedef uint UIntVector;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef JOIN(float, VECTOR_WIDTH) Vector;
typedef JOIN(int, VECTOR_WIDTH) IntVector;
typedef JOIN(uint, VECTOR_WIDTH) UIntVector;
#define LOAD(p) JOIN(vload, VECTOR_WIDTH)(0, p)
#define STORE(v, p) JOIN(vstore, VECTOR_WIDTH)(v, 0, p)
#endif

// Asks for the cache line at `p`, which need not exist.
#ifdef __has_builtin
#if __has_builtin(__builtin_prefetch)
#define FETCH(p) __builtin_prefetch(p, 0, 2)
#endif
#endif
#ifndef FETCH
#define FETCH(p)
#endif

// `yes` where the condition, a comparison of vectors, holds, else `no`.
#define CHOOSE(condition, yes, no) select((Vector)(no), (Vector)(yes), condition)

// One rounding where the device does that as fast as two: drivers of GPUs say so themselves, for CPU
// devices the host defines FAST_FMA.
#if defined(FP_FAST_FMAF) || defined(FAST_FMA)
#define MULTIPLY_ADD(a, b, c) fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) mad(a, b, c)
#endif

// Long sums are summed in blocks of this many terms: errors that all have one sign, as where the terms
// are equal, then grow with the number of blocks plus their length, not with the product.
#define SUM_BLOCK 32
#define FOR_EACH_BLOCK(start, first, last) for (int start = first; start < (last); start += SUM_BLOCK)
#define FOR_BLOCK(i, start, last) \
  for (int i = start, i##_end = min(start + SUM_BLOCK, last); i < i##_end; i++)

// Runs over this work-item's share of `count` things, `run` to each work-item along `axis`.
#define FOR_SHARE(i, axis, run, count)                              \
  for (int i = (int)get_global_id(axis) * (run),                    \
           i##_end = min((int)get_global_id(axis) * (run) + (run), count); \
       i < i##_end; i++)
#define FOR_EACH_VECTOR(i, count) FOR_SHARE(i, 0, RUN, count)
// The first vector of this work-item's share.
#define FIRST_VECTOR ((int)get_global_id(0) * RUN)

// The first `count` elements at `p`, and zeros after them.
Vector load_part(__global const float *p, const int count) {
  float part[VECTOR_WIDTH];
  for (int i = 0; i < VECTOR_WIDTH; i++) part[i] = i < count ? p[i] : 0.0f;
  return LOAD(part);
}

// Stores the first `count` elements of a vector.
void store_part(const Vector v, __global float *p, const int count) {
  float part[VECTOR_WIDTH];
  STORE(v, part);
  for (int i = 0; i < min(count, VECTOR_WIDTH); i++) p[i] = part[i];
}

// The sum of a vector's elements.
float sum_of_elements(const Vector v) {
  float part[VECTOR_WIDTH];
  STORE(v, part);
  float sum = part[0];
  for (int i = 1; i < VECTOR_WIDTH; i++) sum += part[i];
  return sum;
}
