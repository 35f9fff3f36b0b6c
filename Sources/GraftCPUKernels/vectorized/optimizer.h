// Plain loops: the compiler vectorizes them for each level.

static void NAME(sgd_update)(const graft_sgd *sgd, const float *parameters, const float *gradients,
                             const float *velocities, float *new_parameters,
                             float *new_velocities, ptrdiff_t count) {
  const float rate = sgd->rate, momentum = sgd->momentum, decay = sgd->weight_decay;
  if (momentum == 0) {
    for (ptrdiff_t i = 0; i < count; i++) {
      new_parameters[i] = parameters[i] - rate * (gradients[i] + decay * parameters[i]);
    }
    return;
  }
  const float gradient_part = sgd->is_nesterov ? 1 : 0;
  const float velocity_part = sgd->is_nesterov ? momentum : 1;
  for (ptrdiff_t i = 0; i < count; i++) {
    float gradient = gradients[i] + decay * parameters[i];
    float velocity = momentum * velocities[i] + gradient;
    new_velocities[i] = velocity;
    new_parameters[i] =
        parameters[i] - rate * (gradient_part * gradient + velocity_part * velocity);
  }
}

static void NAME(adam_update)(const graft_adam *adam, const float *parameters,
                              const float *gradients, const float *first, const float *second,
                              float *new_parameters, float *new_first, float *new_second,
                              ptrdiff_t count) {
  const float beta1 = adam->beta1, beta2 = adam->beta2, epsilon = adam->epsilon;
  const float rate = adam->rate / adam->first_correction;
  const float root = sqrtf(adam->second_correction);
  const float shrink = adam->is_decoupled ? 1 - adam->rate * adam->weight_decay : 1;
  const float decay = adam->is_decoupled ? 0 : adam->weight_decay;
  for (ptrdiff_t i = 0; i < count; i++) {
    float gradient = gradients[i] + decay * parameters[i];
    float moment = beta1 * first[i] + (1 - beta1) * gradient;
    float square = beta2 * second[i] + (1 - beta2) * gradient * gradient;
    float parameter = parameters[i] * shrink;
    new_first[i] = moment;
    new_second[i] = square;
    new_parameters[i] = parameter - rate * moment / (sqrtf(square) / root + epsilon);
  }
}
