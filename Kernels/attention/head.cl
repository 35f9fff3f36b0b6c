// Scaled dot-product attention for CPU devices, forward and gradient: a work-item takes one head of one
// sample (axis 0: heads, axis 1: samples), ROWS queries at a time.
//
// Queries, keys and values are (N, length, channels), of which a head has `depth`. What a work-item
// keeps lies in its own part of `scratch`: keys (for the gradient values too) as columns,
// [depth][padded], what is added to scores (0, or -infinity past the keys and where the mask is 0), and
// the weights of ROWS queries for all keys (for the gradient their slopes too); `padded` is the count of
// keys rounded up to whole vectors.

#include "common/vector.h"

#ifndef ROWS
#define ROWS 6
#endif
#ifdef IS_MASKED
#define MASK_PARAMETER __global const float *mask, const int mask_offset,
#define IS_KEPT(sample, key) (mask[mask_offset + (sample) * keys + (key)] != 0.0f)
#else
#define MASK_PARAMETER
#define IS_KEPT(sample, key) 1
#endif
#define FOR_ROWS(i) _Pragma("unroll") for (int i = 0; i < ROWS; i++)
// The first `count` elements of a vector, all where there are as many.
#define LOAD_FIRST(p, count) ((count) >= VECTOR_WIDTH ? LOAD(p) : load_part(p, count))
#define STORE_FIRST(v, p, count) \
  if ((count) >= VECTOR_WIDTH) \
    STORE(v, p); \
  else \
    store_part(v, p, count)

// The transpose of `count` rows of `depth` elements, zeros past them.
void pack_columns(
    __global const float *rows, const int stride, const int count, const int padded,
    const int depth, __global float *columns) {
  for (int j = 0; j < padded; j++)
    for (int k = 0; k < depth; k++) columns[k * padded + j] = j < count ? rows[j * stride + k] : 0.0f;
}

// Products of up to ROWS rows with all columns.
void multiply_columns(
    __global const float *left, const int stride, const int rows, const float factor,
    __global const float *columns, const int padded, const int depth, __global float *results) {
  __global const float *row_starts[ROWS];
  FOR_ROWS(i) row_starts[i] = left + min(i, rows - 1) * stride;
  for (int j = 0; j < padded; j += VECTOR_WIDTH) {
    Vector sums[ROWS];
    FOR_ROWS(i) sums[i] = 0.0f;
    for (int k = 0; k < depth; k++) {
      const Vector column = LOAD(columns + k * padded + j);
      FOR_ROWS(i) sums[i] = MULTIPLY_ADD((Vector)(row_starts[i][k]), column, sums[i]);
    }
    FOR_ROWS(i) STORE(sums[i] * factor, results + i * padded + j);
  }
}

// The softmax of one row of scores, `added` being added to them.
void weigh(__global float *scores, __global const float *added, const int padded) {
  Vector largest = -INFINITY;
  for (int j = 0; j < padded; j += VECTOR_WIDTH)
    largest = fmax(largest, LOAD(scores + j) + LOAD(added + j));
  float part[VECTOR_WIDTH];
  STORE(largest, part);
  float maximum = part[0];
  for (int i = 1; i < VECTOR_WIDTH; i++) maximum = fmax(maximum, part[i]);
  // Without any key all weights are 0.
  if (maximum == -INFINITY) maximum = 0.0f;
  Vector sums = 0.0f;
  for (int j = 0; j < padded; j += VECTOR_WIDTH) {
    const Vector weight = exp(LOAD(scores + j) + LOAD(added + j) - maximum);
    STORE(weight, scores + j);
    sums += weight;
  }
  const float sum = sum_of_elements(sums), factor = sum == 0.0f ? 0.0f : 1.0f / sum;
  for (int j = 0; j < padded; j += VECTOR_WIDTH) STORE(LOAD(scores + j) * factor, scores + j);
}

// weights * (slopes - sum of weights * slopes), in place of the slopes.
void weigh_slopes(__global const float *weights, __global float *slopes, const int padded) {
  Vector sums = 0.0f;
  for (int j = 0; j < padded; j += VECTOR_WIDTH)
    sums = MULTIPLY_ADD(LOAD(weights + j), LOAD(slopes + j), sums);
  const float sum = sum_of_elements(sums);
  for (int j = 0; j < padded; j += VECTOR_WIDTH)
    STORE(LOAD(weights + j) * (LOAD(slopes + j) - sum), slopes + j);
}

// The sums of `count` rows of a matrix, weighted for each of up to ROWS results.
void sum_rows(
    __global const float *weights, const int padded, const int rows, const float factor,
    __global const float *matrix, const int stride, const int count, const int depth,
    __global float *results) {
  for (int c = 0; c < depth; c += VECTOR_WIDTH) {
    Vector sums[ROWS];
    FOR_ROWS(i) sums[i] = 0.0f;
    for (int j = 0; j < count; j++) {
      const Vector row = LOAD_FIRST(matrix + j * stride + c, depth - c);
      FOR_ROWS(i) sums[i] = MULTIPLY_ADD((Vector)(weights[i * padded + j]), row, sums[i]);
    }
    FOR_ROWS(i) {
      if (i < rows) { STORE_FIRST(sums[i] * factor, results + i * stride + c, depth - c); }
    }
  }
}

// Adds up to ROWS rows, weighted for each of `count` results, to these or, the first time, to 0.
void spread_rows(
    __global const float *weights, const int padded, const int rows, const float factor,
    __global const float *matrix, const int stride, const int count, const int depth,
    const int is_first, __global float *results) {
  for (int c = 0; c < depth; c += VECTOR_WIDTH) {
    Vector values[ROWS];
    FOR_ROWS(i) {
      values[i] = 0.0f;
      if (i < rows) values[i] = LOAD_FIRST(matrix + i * stride + c, depth - c) * factor;
    }
    for (int j = 0; j < count; j++) {
      __global float *result = results + j * stride + c;
      Vector sum = 0.0f;
      if (!is_first) sum = LOAD_FIRST(result, depth - c);
      FOR_ROWS(i) {
        if (i < rows) sum = MULTIPLY_ADD((Vector)(weights[i * padded + j]), values[i], sum);
      }
      STORE_FIRST(sum, result, depth - c);
    }
  }
}

#define PREPARE_HEAD                                                                         \
  const int head = get_global_id(0), sample = get_global_id(1);                              \
  const int channels = depth * (int)get_global_size(0);                                      \
  const int query_place = sample * queries * channels + head * depth;                        \
  const int key_place = sample * keys * channels + head * depth;                             \
  query += query_offset + query_place;                                                       \
  key += key_offset + key_place;                                                             \
  value += value_offset + key_place;                                                         \
  scratch += scratch_offset + (sample * (int)get_global_size(0) + head) * scratch_count;     \
  __global float *key_columns = scratch, *added = key_columns + depth * padded;              \
  __global float *weights = added + padded;                                                  \
  pack_columns(key, channels, keys, padded, depth, key_columns);                             \
  for (int j = 0; j < padded; j++) added[j] = j < keys && IS_KEPT(sample, min(j, keys - 1)) ? 0.0f : -INFINITY;

__kernel void attention(
    const int queries, const int keys, const int padded, const int depth, const float scale,
    const int scratch_count, __global const float *query, const int query_offset,
    __global const float *key, const int key_offset, __global const float *value,
    const int value_offset, MASK_PARAMETER __global float *scratch, const int scratch_offset,
    __global float *result, const int result_offset) {
  PREPARE_HEAD
  result += result_offset + query_place;
  for (int first = 0; first < queries; first += ROWS) {
    const int rows = min(ROWS, queries - first);
    multiply_columns(
        query + first * channels, channels, rows, scale, key_columns, padded, depth, weights);
    for (int i = 0; i < ROWS; i++) weigh(weights + i * padded, added, padded);
    sum_rows(
        weights, padded, rows, 1.0f, value, channels, keys, depth, result + first * channels);
  }
}

__kernel void attention_gradient(
    const int queries, const int keys, const int padded, const int depth, const float scale,
    const int scratch_count, __global const float *query, const int query_offset,
    __global const float *key, const int key_offset, __global const float *value,
    const int value_offset, MASK_PARAMETER __global const float *gradient,
    const int gradient_offset, __global float *scratch, const int scratch_offset,
    __global float *query_gradient, const int query_gradient_offset, __global float *key_gradient,
    const int key_gradient_offset, __global float *value_gradient,
    const int value_gradient_offset) {
  PREPARE_HEAD
  gradient += gradient_offset + query_place;
  query_gradient += query_gradient_offset + query_place;
  key_gradient += key_gradient_offset + key_place;
  value_gradient += value_gradient_offset + key_place;
  __global float *slopes = weights + ROWS * padded, *value_columns = slopes + ROWS * padded;
  pack_columns(value, channels, keys, padded, depth, value_columns);
  for (int first = 0; first < queries; first += ROWS) {
    const int rows = min(ROWS, queries - first), place = first * channels;
    multiply_columns(
        query + place, channels, rows, scale, key_columns, padded, depth, weights);
    multiply_columns(
        gradient + place, channels, rows, 1.0f, value_columns, padded, depth, slopes);
    for (int i = 0; i < ROWS; i++) {
      weigh(weights + i * padded, added, padded);
      weigh_slopes(weights + i * padded, slopes + i * padded, padded);
    }
    sum_rows(slopes, padded, rows, scale, key, channels, keys, depth, query_gradient + place);
    spread_rows(
        weights, padded, rows, 1.0f, gradient + place, channels, keys, depth, first == 0,
        value_gradient);
    spread_rows(
        slopes, padded, rows, scale, query + place, channels, keys, depth, first == 0,
        key_gradient);
  }
}
