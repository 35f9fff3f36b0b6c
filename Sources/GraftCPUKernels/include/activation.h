#pragma once
#include <stddef.h>

/// A function applied to each value.
typedef enum {
  GRAFT_IDENTITY = 0,
  GRAFT_RELU = 1,
  GRAFT_RELU6 = 2,
  /// x where positive, slope · x elsewhere.
  GRAFT_LEAKY_RELU = 3,
  GRAFT_SIGMOID = 4,
  GRAFT_TANH = 5,
  /// x · sigmoid(x).
  GRAFT_SILU = 6,
  /// relu6(x + 3) / 6.
  GRAFT_HARD_SIGMOID = 7,
  /// x · relu6(x + 3) / 6.
  GRAFT_HARD_SWISH = 8,
  /// x · Φ(x).
  GRAFT_GELU = 9,
} graft_activation;

/// results[i] = activation(values[i]); both may be one array.
void graft_activate(graft_activation activation, float slope, const float *values, float *results,
                    ptrdiff_t count);

/// results[i] = gradients[i] · activation'(x[i]), from saved[i], which is x[i] for SiLU, hard swish
/// and GELU and activation(x[i]) for the others. All may be one array.
void graft_activation_gradient(graft_activation activation, float slope, const float *saved,
                               const float *gradients, float *results, ptrdiff_t count);
