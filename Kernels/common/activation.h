// The activations and their slopes, as macros over a Vector. NaN passes through all of them; where a
// slope does not depend on the input, that at NaN is PyTorch's.
//
// ACTIVATION is one of the numbers below. ACTIVATION_SLOPE takes the activation's result where the
// slope can be told from it (all up to HARD_SIGMOID), else its input.

#include "common/vector.h"

#define ACTIVATION_NONE 0
#define ACTIVATION_RELU 1
#define ACTIVATION_RELU6 2
#define ACTIVATION_LEAKY_RELU 3
#define ACTIVATION_SIGMOID 4
#define ACTIVATION_TANH 5
#define ACTIVATION_HARD_SIGMOID 6
#define ACTIVATION_SILU 7
#define ACTIVATION_HARD_SWISH 8
#define ACTIVATION_GELU 9

#ifndef ACTIVATION
#define ACTIVATION ACTIVATION_NONE
#endif
// What a leaky ReLU multiplies negative numbers by.
#ifndef LEAK
#define LEAK 0.01f
#endif

#define SIGMOID(x) (1.0f / (1.0f + exp(-(x))))
#define CLAMP_LOW(x) CHOOSE((x) < 0.0f, 0.0f, x)
#define CLAMP6(x) CHOOSE(CLAMP_LOW(x) > 6.0f, 6.0f, CLAMP_LOW(x))
#define WITHIN(x, low, high) (((x) > (low)) & ((x) < (high)))

#if ACTIVATION == ACTIVATION_NONE
#define ACTIVATE(x) (x)
#elif ACTIVATION == ACTIVATION_RELU
#define ACTIVATE(x) CLAMP_LOW(x)
#define ACTIVATION_SLOPE(y) CHOOSE((y) <= 0.0f, 0.0f, 1.0f)
#elif ACTIVATION == ACTIVATION_RELU6
#define ACTIVATE(x) CLAMP6(x)
#define ACTIVATION_SLOPE(y) CHOOSE(WITHIN(y, 0.0f, 6.0f), 1.0f, 0.0f)
#elif ACTIVATION == ACTIVATION_LEAKY_RELU
#define ACTIVATE(x) CHOOSE((x) > 0.0f, x, (x) * LEAK)
#define ACTIVATION_SLOPE(y) CHOOSE((y) > 0.0f, 1.0f, LEAK)
#elif ACTIVATION == ACTIVATION_SIGMOID
#define ACTIVATE(x) SIGMOID(x)
#define ACTIVATION_SLOPE(y) ((y) * (1.0f - (y)))
#elif ACTIVATION == ACTIVATION_TANH
#define ACTIVATE(x) tanh(x)
#define ACTIVATION_SLOPE(y) (1.0f - (y) * (y))
#elif ACTIVATION == ACTIVATION_HARD_SIGMOID
#define ACTIVATE(x) (CLAMP6((x) + 3.0f) * (1.0f / 6.0f))
#define ACTIVATION_SLOPE(y) CHOOSE(WITHIN(y, 0.0f, 1.0f), 1.0f / 6.0f, 0.0f)
#elif ACTIVATION == ACTIVATION_SILU
#define ACTIVATE(x) ((x) / (1.0f + exp(-(x))))
#define ACTIVATION_SLOPE(x) (SIGMOID(x) * (1.0f + (x) * (1.0f - SIGMOID(x))))
#elif ACTIVATION == ACTIVATION_HARD_SWISH
#define ACTIVATE(x) ((x) * (CLAMP6((x) + 3.0f) * (1.0f / 6.0f)))
#define ACTIVATION_SLOPE(x) \
  CHOOSE((x) <= -3.0f, 0.0f, CHOOSE((x) < 3.0f, (x) * (1.0f / 3.0f) + 0.5f, 1.0f))
#elif ACTIVATION == ACTIVATION_GELU
#define ACTIVATE(x) (0.5f * (x) * (1.0f + erf((x) * 0.70710678f)))
#define ACTIVATION_SLOPE(x) \
  (0.5f * (1.0f + erf((x) * 0.70710678f)) + (x) * exp(-0.5f * (x) * (x)) * 0.39894228f)
#endif
