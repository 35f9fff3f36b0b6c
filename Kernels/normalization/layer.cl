// Layer normalization of each row of x (rows, channels) by its own mean and variance, and its
// gradients. `vectors` is the number of vectors of a row, `channels` that of its elements.
//
// The statistics of a row are computed again for the gradients. Those of gamma and beta take three
// stages: the statistics of each row (rows, 2), sums over chunks of rows, [chunk][2][channels], and
// the sum of the chunks, lowest first. The result of `layer_normalization` may take the place of x,
// that of its gradient the place of the gradient it is given.

#include "common/rows.h"
#include "common/vector.h"

#define AT(p, i) ((p) + p##_offset + (i) * VECTOR_WIDTH)
#define IN_ROW(p, i) ((p) + (i) * VECTOR_WIDTH)

// Declares the mean of the row at x and 1 / sqrt(its variance + epsilon).
#define ROW_MOMENTS(mean, inverse)                                                        \
  Vector row_sum = 0.0f, row_squares = 0.0f;                                              \
  FOR_LANE(i, vectors) row_sum += LOAD(IN_ROW(x, i));                                     \
  const float mean = ROW_SUM(sum_of_elements(row_sum)) / channels;                        \
  FOR_LANE(i, vectors) {                                                                  \
    const Vector distance = LOAD(IN_ROW(x, i)) - mean;                                    \
    row_squares = MULTIPLY_ADD(distance, distance, row_squares);                          \
  }                                                                                       \
  const float inverse =                                                                   \
      1.0f / sqrt(ROW_SUM(sum_of_elements(row_squares)) / channels + epsilon);

__kernel void layer_normalization(
    const int vectors, const int channels, const float epsilon, __global const float *x,
    const int x_offset, __global const float *gamma, const int gamma_offset,
    __global const float *beta, const int beta_offset, __global float *y, const int y_offset) {
  ROW_SCRATCH
  x += x_offset + (int)get_group_id(0) * channels;
  y += y_offset + (int)get_group_id(0) * channels;
  ROW_MOMENTS(mean, inverse)
  FOR_LANE(i, vectors) {
    const Vector normalized = (LOAD(IN_ROW(x, i)) - mean) * inverse;
    STORE(MULTIPLY_ADD(normalized, LOAD(AT(gamma, i)), LOAD(AT(beta, i))), IN_ROW(y, i));
  }
}

// (g - mean of g - normalized x * mean of g * normalized x) / deviation, where g is gradient * gamma.
__kernel void layer_normalization_gradient(
    const int vectors, const int channels, const float epsilon, __global const float *x,
    const int x_offset, __global const float *gamma, const int gamma_offset,
    __global const float *gradient, const int gradient_offset, __global float *result,
    const int result_offset) {
  ROW_SCRATCH
  const int first = (int)get_group_id(0) * channels;
  x += x_offset + first;
  gradient += gradient_offset + first;
  result += result_offset + first;
  ROW_MOMENTS(mean, inverse)
  Vector sum = 0.0f, products = 0.0f;
  FOR_LANE(i, vectors) {
    const Vector g = LOAD(IN_ROW(gradient, i)) * LOAD(AT(gamma, i));
    sum += g;
    products = MULTIPLY_ADD(g, LOAD(IN_ROW(x, i)) - mean, products);
  }
  const float offset = ROW_SUM(sum_of_elements(sum)) / channels;
  const float slope = ROW_SUM(sum_of_elements(products)) * inverse * inverse / channels;
  FOR_LANE(i, vectors) {
    const Vector g = LOAD(IN_ROW(gradient, i)) * LOAD(AT(gamma, i)) - offset;
    STORE((g - (LOAD(IN_ROW(x, i)) - mean) * slope) * inverse, IN_ROW(result, i));
  }
}

// Mean and 1 / deviation of each row.
__kernel void row_moments(
    const int vectors, const int channels, const float epsilon, __global const float *x,
    const int x_offset, __global float *moments, const int moments_offset) {
  ROW_SCRATCH
  const int row = get_group_id(0);
  x += x_offset + row * channels;
  ROW_MOMENTS(mean, inverse)
  if (LANE == 0) {
    moments[moments_offset + 2 * row] = mean;
    moments[moments_offset + 2 * row + 1] = inverse;
  }
}

// The sums over a chunk of rows of gradient * normalized x and of gradient.
__kernel void chunk_layer_gradients(
    const int vectors, const int rows, const int rows_per_chunk, __global const float *restrict x,
    const int x_offset, __global const float *restrict gradient, const int gradient_offset,
    __global const float *restrict moments, const int moments_offset,
    __global float *restrict chunks, const int chunks_offset) {
  const int c = get_global_id(0), chunk = get_global_id(1);
  if (c >= vectors) return;
  const int first = chunk * rows_per_chunk, last = min(first + rows_per_chunk, rows);
  Vector products = 0.0f, sum = 0.0f;
  for (int row = first; row < last; row++) {
    const float mean = moments[moments_offset + 2 * row];
    const float inverse = moments[moments_offset + 2 * row + 1];
    const Vector g = LOAD(AT(gradient, row * vectors + c));
    sum += g;
    products = MULTIPLY_ADD(g, (LOAD(AT(x, row * vectors + c)) - mean) * inverse, products);
  }
  STORE(products, AT(chunks, 2 * chunk * vectors + c));
  STORE(sum, AT(chunks, (2 * chunk + 1) * vectors + c));
}

__kernel void merge_layer_gradients(
    const int vectors, const int chunk_count, __global const float *restrict chunks,
    const int chunks_offset, __global float *restrict gamma_gradient,
    const int gamma_gradient_offset, __global float *restrict beta_gradient,
    const int beta_gradient_offset) {
  const int c = get_global_id(0);
  if (c >= vectors) return;
  Vector products = 0.0f, sum = 0.0f;
  for (int chunk = 0; chunk < chunk_count; chunk++) {
    products += LOAD(AT(chunks, 2 * chunk * vectors + c));
    sum += LOAD(AT(chunks, (2 * chunk + 1) * vectors + c));
  }
  STORE(products, AT(gamma_gradient, c));
  STORE(sum, AT(beta_gradient, c));
}
