#pragma once
#include <stddef.h>

/// One head of scaled dot-product attention on one sample. Rows of all matrices are row_stride
/// floats apart, of which a head has `depth`.
typedef struct {
  ptrdiff_t queries, keys, depth, row_stride;
  float scale;
} graft_attention;

/// The floats of scratch that graft_attention_head needs.
ptrdiff_t graft_attention_scratch_count(const graft_attention *shape);

/// results = softmax(scale · query · keysᵀ) · values. Keys whose mask is 0 get no weight; without a
/// mask, null, all count. `results` may be the queries.
void graft_attention_head(const graft_attention *shape, const float *query, const float *keys,
                          const float *values, const float *mask, float *results, float *scratch);

/// The floats of scratch that graft_attention_head_gradient needs.
ptrdiff_t graft_attention_gradient_scratch_count(const graft_attention *shape);

/// The gradients of queries, keys and values from that of the results.
void graft_attention_head_gradient(const graft_attention *shape, const float *query,
                                   const float *keys, const float *values, const float *mask,
                                   const float *gradient, float *query_gradient,
                                   float *key_gradient, float *value_gradient, float *scratch);
