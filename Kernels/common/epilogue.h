// What a convolution or matrix product does to its sums before it stores them: add a bias per output
// channel (HAS_BIAS), add a residual (HAS_RESIDUAL, whose memory may be the result's), activate.

#include "common/activation.h"

#ifdef HAS_BIAS
#define BIAS_PARAMETER __global const float *bias, const int bias_offset,
#else
#define BIAS_PARAMETER
#endif

#ifdef HAS_RESIDUAL
#define RESIDUAL_PARAMETER __global const float *residual, const int residual_offset,
#else
#define RESIDUAL_PARAMETER
#endif

#ifdef HAS_BIAS
#define WITH_BIAS(sum, channel) ((sum) + LOAD(bias + bias_offset + (channel)))
#define WITH_BIAS_PART(sum, channel, count) \
  ((sum) + load_part(bias + bias_offset + (channel), count))
#else
#define WITH_BIAS(sum, channel) (sum)
#define WITH_BIAS_PART(sum, channel, count) (sum)
#endif

#ifdef HAS_RESIDUAL
#define WITH_RESIDUAL(sum, index) ((sum) + LOAD(residual + residual_offset + (index)))
#define WITH_RESIDUAL_PART(sum, index, count) \
  ((sum) + load_part(residual + residual_offset + (index), count))
#else
#define WITH_RESIDUAL(sum, index) (sum)
#define WITH_RESIDUAL_PART(sum, index, count) (sum)
#endif

// The value to store at `index` of the result, which is of output channel `channel`.
#define FINISH(sum, channel, index, result)                                              \
  do {                                                                                   \
    const Vector total = WITH_RESIDUAL(WITH_BIAS(sum, channel), index); \
    result = ACTIVATE(total);                                                            \
  } while (0)
#define FINISH_PART(sum, channel, index, count, result)                                  \
  do {                                                                                   \
    const Vector total =                                                                 \
        WITH_RESIDUAL_PART(WITH_BIAS_PART(sum, channel, count), index, count);           \
    result = ACTIVATE(total);                                                            \
  } while (0)
