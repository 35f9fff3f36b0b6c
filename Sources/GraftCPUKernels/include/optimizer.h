#pragma once
#include <stdbool.h>
#include <stddef.h>

// One step of an optimizer, by PyTorch's formulas. Each new array may be the old one's.

typedef struct {
  float rate, momentum, weight_decay;
  bool is_nesterov;
} graft_sgd;

/// The velocities may be null where the momentum is zero.
void graft_sgd_update(const graft_sgd *sgd, const float *parameters, const float *gradients,
                      const float *velocities, float *new_parameters, float *new_velocities,
                      ptrdiff_t count);

typedef struct {
  float rate, beta1, beta2, epsilon, weight_decay;
  /// 1 - beta1ᵗ and 1 - beta2ᵗ.
  float first_correction, second_correction;
  /// Whether the decay acts on the parameters themselves (AdamW).
  bool is_decoupled;
} graft_adam;

void graft_adam_update(const graft_adam *adam, const float *parameters, const float *gradients,
                       const float *first, const float *second, float *new_parameters,
                       float *new_first, float *new_second, ptrdiff_t count);
