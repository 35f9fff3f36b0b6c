#include "include/attention.h"
#include "include/gemm.h"

#define VECTORIZED_SOURCE "attention.h"
#include "vectorized/each_level.h"

ptrdiff_t graft_attention_scratch_count(const graft_attention *shape) {
  DISPATCH(attention_scratch_count, shape)
}

void graft_attention_head(const graft_attention *shape, const float *query, const float *keys,
                          const float *values, const float *mask, float *results, float *scratch) {
  DISPATCH(attention_head, shape, query, keys, values, mask, results, scratch)
}

ptrdiff_t graft_attention_gradient_scratch_count(const graft_attention *shape) {
  DISPATCH(attention_gradient_scratch_count, shape)
}

void graft_attention_head_gradient(const graft_attention *shape, const float *query,
                                   const float *keys, const float *values, const float *mask,
                                   const float *gradient, float *query_gradient,
                                   float *key_gradient, float *value_gradient, float *scratch) {
  DISPATCH(attention_head_gradient, shape, query, keys, values, mask, gradient, query_gradient,
           key_gradient, value_gradient, scratch)
}
