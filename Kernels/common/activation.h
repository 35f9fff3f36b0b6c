// The activations that a kernel can apply to its result, as macros that take a float or a vector.

#define ACTIVATION_NONE 0
#define ACTIVATION_RELU 1
#define ACTIVATION_RELU6 2
#define ACTIVATION_LEAKY_RELU 3
#define ACTIVATION_SIGMOID 4
#define ACTIVATION_TANH 5
#define ACTIVATION_SILU 6
#define ACTIVATION_HARD_SIGMOID 7
#define ACTIVATION_HARD_SWISH 8
#define ACTIVATION_GELU 9

#ifndef ACTIVATION
#define ACTIVATION ACTIVATION_NONE
#endif
// The slope of leaky ReLU below zero.
#ifndef SLOPE
#define SLOPE 0.01f
#endif

#define SIGMOID(x) (1.0f / (1.0f + exp(-(x))))
#define HARD_SIGMOID(x) (clamp((x) + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f))

#if ACTIVATION == ACTIVATION_NONE
#define ACTIVATE(x) (x)
#define ACTIVATION_SLOPE(x) ((x) * 0.0f + 1.0f)
#elif ACTIVATION == ACTIVATION_RELU
#define ACTIVATE(x) fmax(x, 0.0f)
#endif
