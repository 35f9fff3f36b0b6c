#include "exponential.h"
#include "activation_values.h"

INLINE vec NAME(activation_slope)(graft_activation activation, float slope, vec saved) {
  switch (activation) {
    case GRAFT_IDENTITY:
      return (vec)1;
    case GRAFT_RELU:
      return saved <= 0 ? (vec)0 : (vec)1;
    case GRAFT_RELU6:
      return saved <= 0 ? (vec)0 : saved >= 6 ? (vec)0 : (vec)1;
    case GRAFT_LEAKY_RELU:
      return saved > 0 ? (vec)1 : (vec)slope;
    case GRAFT_SIGMOID:
      return saved * (1 - saved);
    case GRAFT_TANH:
      return 1 - saved * saved;
    case GRAFT_SILU: {
      vec s = sigmoid(saved);
      return s * (1 + saved * (1 - s));
    }
    case GRAFT_HARD_SIGMOID:
      return ((saved > 0) & (saved < 1)) ? (vec)(1.0f / 6) : (vec)0;
    case GRAFT_HARD_SWISH:
      return saved <= -3 ? (vec)0 : saved >= 3 ? (vec)1 : saved * (1.0f / 3) + 0.5f;
    case GRAFT_GELU:
      return normal_distribution(saved) +
             saved * 0.39894228f * exponential(saved * saved * -0.5f);
  }
  return (vec)1;
}

INLINE void NAME(activate_all)(const graft_activation activation, float slope, const float *values,
                               float *results, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(results + i, activation_value(activation, slope, load(values + i)));
  }
  if (i < count) {
    vec x = load_some(values + i, count - i);
    store_some(results + i, activation_value(activation, slope, x), count - i);
  }
}

INLINE void NAME(gradient_all)(const graft_activation activation, float slope, const float *saved,
                               const float *gradients, float *results, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    vec factor = NAME(activation_slope)(activation, slope, load(saved + i));
    store(results + i, factor * load(gradients + i));
  }
  if (i < count) {
    vec factor = NAME(activation_slope)(activation, slope, load_some(saved + i, count - i));
    store_some(results + i, factor * load_some(gradients + i, count - i), count - i);
  }
}

// One loop for each activation, without a branch inside.
#define EACH_ACTIVATION(function, ...)                                         \
  switch (activation) {                                                        \
    case GRAFT_IDENTITY: return function(GRAFT_IDENTITY, __VA_ARGS__);         \
    case GRAFT_RELU: return function(GRAFT_RELU, __VA_ARGS__);                 \
    case GRAFT_RELU6: return function(GRAFT_RELU6, __VA_ARGS__);               \
    case GRAFT_LEAKY_RELU: return function(GRAFT_LEAKY_RELU, __VA_ARGS__);     \
    case GRAFT_SIGMOID: return function(GRAFT_SIGMOID, __VA_ARGS__);           \
    case GRAFT_TANH: return function(GRAFT_TANH, __VA_ARGS__);                 \
    case GRAFT_SILU: return function(GRAFT_SILU, __VA_ARGS__);                 \
    case GRAFT_HARD_SIGMOID: return function(GRAFT_HARD_SIGMOID, __VA_ARGS__); \
    case GRAFT_HARD_SWISH: return function(GRAFT_HARD_SWISH, __VA_ARGS__);     \
    case GRAFT_GELU: return function(GRAFT_GELU, __VA_ARGS__);                 \
  }

static void NAME(activate)(graft_activation activation, float slope, const float *values,
                           float *results, ptrdiff_t count) {
  EACH_ACTIVATION(NAME(activate_all), slope, values, results, count)
}

static void NAME(activation_gradient)(graft_activation activation, float slope, const float *saved,
                                      const float *gradients, float *results, ptrdiff_t count) {
  EACH_ACTIVATION(NAME(gradient_all), slope, saved, gradients, results, count)
}
#undef EACH_ACTIVATION
