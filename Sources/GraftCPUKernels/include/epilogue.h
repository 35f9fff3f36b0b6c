#pragma once

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
} graft_activation;

/// What a product or convolution does to a sum before it stores it:
/// activation(sum + bias + residual).
typedef struct {
  /// One value per column (output channel), or null.
  const float *bias;
  /// A tensor laid out as the output (it may be the output itself), or null.
  const float *residual;
  graft_activation activation;
  /// The slope of a leaky ReLU.
  float slope;
} graft_epilogue;
