// Vectors of VECTOR_WIDTH neighbouring elements: what one lane of a CPU device or one work-item of a
// GPU works on at a time. A width of 1 fits every extent; the host picks the widest that divides it.

#ifndef VECTOR_WIDTH
#define VECTOR_WIDTH 1
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#if VECTOR_WIDTH == 1
typedef float Vector;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef JOIN(float, VECTOR_WIDTH) Vector;
#define LOAD(p) JOIN(vload, VECTOR_WIDTH)(0, p)
#define STORE(v, p) JOIN(vstore, VECTOR_WIDTH)(v, 0, p)
#endif

// One rounding where the device does that as fast as two.
#ifdef FP_FAST_FMAF
#define MULTIPLY_ADD(a, b, c) fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) mad(a, b, c)
#endif
