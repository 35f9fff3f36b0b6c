#include "include/optimizer.h"

#define VECTORIZED_SOURCE "optimizer.h"
#include "vectorized/each_level.h"

void graft_sgd_update(const graft_sgd *sgd, const float *parameters, const float *gradients,
                      const float *velocities, float *new_parameters, float *new_velocities,
                      ptrdiff_t count) {
  DISPATCH(sgd_update, sgd, parameters, gradients, velocities, new_parameters, new_velocities,
           count)
}

void graft_adam_update(const graft_adam *adam, const float *parameters, const float *gradients,
                       const float *first, const float *second, float *new_parameters,
                       float *new_first, float *new_second, ptrdiff_t count) {
  DISPATCH(adam_update, adam, parameters, gradients, first, second, new_parameters, new_first,
           new_second, count)
}
