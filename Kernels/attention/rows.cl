// Scaled dot-product attention for GPUs, forward and gradient: a work-item takes one query (or one key),
// a work-group ITEMS neighbours of one head, which read keys and values (or queries and gradients)
// BLOCK at a time through local memory. Axis 0 counts rows, axis 1 heads, axis 2 samples.
//
// Queries, keys and values are (N, length, channels), of which a head has `depth`, at most DEPTH. The
// softmax is computed in one pass: where a larger score comes, what was summed before is scaled down
// (Milakov and Gimelshein 2018; Dao et al. 2022). Scores are never stored.

#include "common/vector.h"

#ifndef DEPTH
#define DEPTH 16
#endif
#ifndef ITEMS
#define ITEMS 64
#endif
#ifndef BLOCK
#define BLOCK 32
#endif
#ifdef IS_MASKED
#define MASK_PARAMETER __global const float *mask, const int mask_offset,
#define IS_KEPT(key) (mask[mask_offset + sample * keys + (key)] != 0.0f)
#else
#define MASK_PARAMETER
#define IS_KEPT(key) 1
#endif
#define FOR_DEPTH(c) _Pragma("unroll") for (int c = 0; c < DEPTH; c++)

// One row of a head in registers, zeros past its depth.
void load_row(__global const float *row, const int depth, const float factor, float *values) {
  FOR_DEPTH(c) values[c] = c < depth ? row[c] * factor : 0.0f;
}

void store_row(const float *values, const int depth, const float factor, __global float *row) {
  FOR_DEPTH(c) if (c < depth) row[c] = values[c] * factor;
}

float product(const float *row, __local const float *other) {
  float sum = 0.0f;
  FOR_DEPTH(c) sum = MULTIPLY_ADD(row[c], other[c], sum);
  return sum;
}

// The group's work-items copy up to BLOCK of `count` rows of two matrices to local memory, once all have
// done with those before.
int share_rows(
    __global const float *left, __global const float *right, const int stride, const int count,
    const int depth, __local float *left_rows, __local float *right_rows) {
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = get_local_id(0); i < BLOCK * DEPTH; i += ITEMS) {
    const int row = i / DEPTH, c = i % DEPTH;
    const int exists = row < count && c < depth;
    left_rows[i] = exists ? left[row * stride + c] : 0.0f;
    right_rows[i] = exists ? right[row * stride + c] : 0.0f;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return min(BLOCK, count);
}

#define HEAD_PLACES                                                 \
  const int row = get_global_id(0), head = get_global_id(1);        \
  const int sample = get_global_id(2);                              \
  const int channels = depth * (int)get_global_size(1);             \
  const int query_place = sample * queries * channels + head * depth; \
  const int key_place = sample * keys * channels + head * depth;    \
  __local float left_rows[BLOCK * DEPTH], right_rows[BLOCK * DEPTH];

// All work-items look at each of `total` rows of two matrices: at row `first + j` in `left_rows` and
// `right_rows`.
#define FOR_SHARED(j, first, total, left, right)                                         \
  for (int first = 0; first < (total); first += BLOCK)                                   \
    for (int j = 0, j##_count = share_rows(                                              \
                        (left) + first * channels, (right) + first * channels, channels, \
                        (total) - first, depth, left_rows, right_rows);                  \
         j < j##_count; j++)

__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void attention(
    const int queries, const int keys, const int depth, const float scale,
    __global const float *query, const int query_offset, __global const float *key,
    const int key_offset, __global const float *value, const int value_offset,
    MASK_PARAMETER __global float *result, const int result_offset) {
  HEAD_PLACES
  const int own = query_place + min(row, queries - 1) * channels;
  float own_query[DEPTH], sums[DEPTH], largest = -INFINITY, total = 0.0f;
  load_row(query + query_offset + own, depth, scale, own_query);
  FOR_DEPTH(c) sums[c] = 0.0f;
  FOR_SHARED(j, first, keys, key + key_offset + key_place, value + value_offset + key_place) {
    if (!IS_KEPT(first + j)) continue;
    const float score = product(own_query, left_rows + j * DEPTH);
    const float larger = fmax(largest, score);
    const float shrinking = exp(largest - larger), weight = exp(score - larger);
    largest = larger;
    total = MULTIPLY_ADD(total, shrinking, weight);
    FOR_DEPTH(c) sums[c] = MULTIPLY_ADD(sums[c], shrinking, weight * right_rows[j * DEPTH + c]);
  }
  if (row < queries)
    store_row(sums, depth, total == 0.0f ? 0.0f : 1.0f / total, result + result_offset + own);
}

// The gradient of one query, and what the second kernel needs of it: the logarithm of the sum of its
// exponentials, and the mean of the weights' slopes.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void query_gradient(
    const int queries, const int keys, const int depth, const float scale,
    __global const float *query, const int query_offset, __global const float *key,
    const int key_offset, __global const float *value, const int value_offset,
    MASK_PARAMETER __global const float *gradient, const int gradient_offset,
    __global float *moments, const int moments_offset, __global float *result,
    const int result_offset) {
  HEAD_PLACES
  const int own = query_place + min(row, queries - 1) * channels;
  float own_query[DEPTH], own_gradient[DEPTH], sums[DEPTH];
  float largest = -INFINITY, total = 0.0f, slope = 0.0f;
  load_row(query + query_offset + own, depth, scale, own_query);
  load_row(gradient + gradient_offset + own, depth, 1.0f, own_gradient);
  FOR_SHARED(j, first, keys, key + key_offset + key_place, value + value_offset + key_place) {
    if (!IS_KEPT(first + j)) continue;
    const float score = product(own_query, left_rows + j * DEPTH);
    const float larger = fmax(largest, score);
    const float shrinking = exp(largest - larger), weight = exp(score - larger);
    largest = larger;
    total = MULTIPLY_ADD(total, shrinking, weight);
    slope = MULTIPLY_ADD(
        slope, shrinking, weight * product(own_gradient, right_rows + j * DEPTH));
  }
  // Without any key all weights are 0.
  const float logarithm = total == 0.0f ? INFINITY : largest + log(total);
  slope = total == 0.0f ? 0.0f : slope / total;
  FOR_DEPTH(c) sums[c] = 0.0f;
  FOR_SHARED(j, first, keys, key + key_offset + key_place, value + value_offset + key_place) {
    if (!IS_KEPT(first + j)) continue;
    const float weight = exp(product(own_query, left_rows + j * DEPTH) - logarithm);
    const float factor = weight * (product(own_gradient, right_rows + j * DEPTH) - slope);
    FOR_DEPTH(c) sums[c] = MULTIPLY_ADD(factor, left_rows[j * DEPTH + c], sums[c]);
  }
  if (row >= queries) return;
  store_row(sums, depth, scale, result + result_offset + own);
  const int place = 2 * ((sample * (int)get_global_size(1) + head) * queries + row);
  moments[moments_offset + place] = logarithm;
  moments[moments_offset + place + 1] = slope;
}

// The gradients of one key and its value.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void key_gradient(
    const int queries, const int keys, const int depth, const float scale,
    __global const float *query, const int query_offset, __global const float *key,
    const int key_offset, __global const float *value, const int value_offset,
    MASK_PARAMETER __global const float *gradient, const int gradient_offset,
    __global const float *moments, const int moments_offset, __global float *key_result,
    const int key_result_offset, __global float *value_result, const int value_result_offset) {
  HEAD_PLACES
  const int own_row = min(row, keys - 1), own = key_place + own_row * channels;
  const int is_kept = IS_KEPT(own_row);
  float own_key[DEPTH], own_value[DEPTH], key_sums[DEPTH], value_sums[DEPTH];
  load_row(key + key_offset + own, depth, scale, own_key);
  load_row(value + value_offset + own, depth, 1.0f, own_value);
  FOR_DEPTH(c) key_sums[c] = value_sums[c] = 0.0f;
  moments += moments_offset + 2 * (sample * (int)get_global_size(1) + head) * queries;
  FOR_SHARED(
      j, first, queries, query + query_offset + query_place,
      gradient + gradient_offset + query_place) {
    if (!is_kept) continue;
    const float logarithm = moments[2 * (first + j)], slope = moments[2 * (first + j) + 1];
    const float weight = exp(product(own_key, left_rows + j * DEPTH) - logarithm);
    const float factor = weight * (product(own_value, right_rows + j * DEPTH) - slope);
    FOR_DEPTH(c) {
      value_sums[c] = MULTIPLY_ADD(weight, right_rows[j * DEPTH + c], value_sums[c]);
      key_sums[c] = MULTIPLY_ADD(factor, left_rows[j * DEPTH + c], key_sums[c]);
    }
  }
  if (row >= keys) return;
  store_row(key_sums, depth, scale, key_result + key_result_offset + own);
  store_row(value_sums, depth, 1.0f, value_result + value_result_offset + own);
}
