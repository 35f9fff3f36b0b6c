// New values may take the place of old ones, element by element, which compilers don't know of loops.
#define EACH_FOR_ITSELF _Pragma("clang loop vectorize(assume_safety)")

static void NAME(sgd_update)(const graft_sgd *sgd, const float *parameters, const float *gradients,
                             const float *velocities, float *new_parameters,
                             float *new_velocities, ptrdiff_t count) {
  const float rate = sgd->rate, momentum = sgd->momentum, decay = sgd->weight_decay;
  if (momentum == 0) {
    EACH_FOR_ITSELF
    for (ptrdiff_t i = 0; i < count; i++) {
      new_parameters[i] = parameters[i] - rate * (gradients[i] + decay * parameters[i]);
    }
    return;
  }
  const float gradient_part = sgd->is_nesterov ? 1 : 0;
  const float velocity_part = sgd->is_nesterov ? momentum : 1;
  EACH_FOR_ITSELF
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
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const ptrdiff_t left = count - i;
    const vec parameter = load_some(parameters + i, left);
    const vec gradient = load_some(gradients + i, left) + decay * parameter;
    const vec moment = beta1 * load_some(first + i, left) + (1 - beta1) * gradient;
    const vec square = beta2 * load_some(second + i, left) + (1 - beta2) * gradient * gradient;
    const vec step = rate * moment / (__builtin_elementwise_sqrt(square) / root + epsilon);
    store_some(new_first + i, moment, left);
    store_some(new_second + i, square, left);
    store_some(new_parameters + i, parameter * shrink - step, left);
  }
}
#undef EACH_FOR_ITSELF
