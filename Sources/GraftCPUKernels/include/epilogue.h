#pragma once
#include "activation.h"

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
