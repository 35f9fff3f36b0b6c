// Batch normalization per channel of x seen as (rows, channels), by given statistics or by those of
// the batch, and its gradients.
//
// Statistics of the batch take two stages: each work-item of the first sums one chunk of rows for one
// vector of channels, each of the second merges the chunks of its channels, lowest first. Chunks are
// [chunk][2][channels]. `apply` kernels may write over the operand that they read element by element.

#include "common/vector.h"

#define AT(p, i) ((p) + p##_offset + (i) * VECTOR_WIDTH)

// gamma / sqrt(variance + epsilon).
__kernel void normalization_scale(
    const int channels, const float epsilon, __global const float *gamma, const int gamma_offset,
    __global const float *variance, const int variance_offset, __global float *result,
    const int result_offset) {
  FOR_EACH_VECTOR(c, channels) {
    STORE(LOAD(AT(gamma, c)) / sqrt(LOAD(AT(variance, c)) + epsilon), AT(result, c));
  }
}

// (x - mean) * scale + beta.
__kernel void apply_normalization(
    const int count, const int channels, __global const float *x, const int x_offset,
    __global const float *mean, const int mean_offset, __global const float *scale,
    const int scale_offset, __global const float *beta, const int beta_offset, __global float *y,
    const int y_offset) {
  int c = FIRST_VECTOR % channels;
  FOR_EACH_VECTOR(i, count) {
    const Vector centred = LOAD(AT(x, i)) - LOAD(AT(mean, c));
    STORE(MULTIPLY_ADD(centred, LOAD(AT(scale, c)), LOAD(AT(beta, c))), AT(y, i));
    if (++c == channels) c = 0;
  }
}

// The mean of a chunk and the sum of the squares of the distances from it, by the corrected two-pass
// algorithm (Chan, Golub and LeVeque 1983) on distances from the first row: no digit is lost where the
// mean is large against the deviation, and nothing at all where nothing varies.
__kernel void chunk_statistics(
    const int channels, const int rows, const int rows_per_chunk, __global const float *restrict x,
    const int x_offset, __global float *restrict chunks, const int chunks_offset) {
  const int c = get_global_id(0), chunk = get_global_id(1);
  if (c >= channels) return;
  const int first = chunk * rows_per_chunk, last = min(first + rows_per_chunk, rows);
  const float count = last - first;
  const Vector origin = LOAD(AT(x, first * channels + c));
  Vector sum = 0.0f;
  for (int row = first; row < last; row++) sum += LOAD(AT(x, row * channels + c)) - origin;
  const Vector mean = origin + sum / count;
  Vector rest = 0.0f, squares = 0.0f;
  FOR_EACH_BLOCK(start, first, last) {
    Vector block_squares = 0.0f;
    FOR_BLOCK(row, start, last) {
      const Vector distance = LOAD(AT(x, row * channels + c)) - mean;
      rest += distance;
      block_squares = MULTIPLY_ADD(distance, distance, block_squares);
    }
    squares += block_squares;
  }
  const Vector correction = rest / count, corrected = squares - rest * correction;
  STORE(mean + correction, AT(chunks, 2 * chunk * channels + c));
  STORE(CHOOSE(corrected < 0.0f, 0.0f, corrected), AT(chunks, (2 * chunk + 1) * channels + c));
}

// Merges the chunks' statistics (Chan, Golub and LeVeque 1983).
__kernel void merge_statistics(
    const int channels, const int rows, const int rows_per_chunk, const float epsilon,
    __global const float *restrict chunks, const int chunks_offset,
    __global const float *restrict gamma, const int gamma_offset, __global float *restrict mean,
    const int mean_offset, __global float *restrict variance, const int variance_offset,
    __global float *restrict scale, const int scale_offset) {
  const int c = get_global_id(0);
  if (c >= channels) return;
  Vector total_mean = 0.0f, total_squares = 0.0f;
  int chunk = 0;
  for (int first = 0; first < rows; first += rows_per_chunk, chunk++) {
    const float count = min(rows_per_chunk, rows - first), total = first + count;
    const Vector distance = LOAD(AT(chunks, 2 * chunk * channels + c)) - total_mean;
    total_mean += distance * (count / total);
    total_squares += LOAD(AT(chunks, (2 * chunk + 1) * channels + c)) +
                     distance * distance * (first * (count / total));
  }
  const Vector biased = total_squares / (float)rows;
  STORE(total_mean, AT(mean, c));
  STORE(biased, AT(variance, c));
  STORE(LOAD(AT(gamma, c)) / sqrt(biased + epsilon), AT(scale, c));
}

// The sums over a chunk of gradient and of gradient * (x - mean).
__kernel void chunk_gradients(
    const int channels, const int rows, const int rows_per_chunk, __global const float *restrict x,
    const int x_offset, __global const float *restrict mean, const int mean_offset,
    __global const float *restrict gradient, const int gradient_offset,
    __global float *restrict chunks, const int chunks_offset) {
  const int c = get_global_id(0), chunk = get_global_id(1);
  if (c >= channels) return;
  const int first = chunk * rows_per_chunk, last = min(first + rows_per_chunk, rows);
  const Vector centre = LOAD(AT(mean, c));
  Vector sum = 0.0f, products = 0.0f;
  FOR_EACH_BLOCK(start, first, last) {
    Vector block_sum = 0.0f, block_products = 0.0f;
    FOR_BLOCK(row, start, last) {
      const Vector g = LOAD(AT(gradient, row * channels + c));
      block_sum += g;
      block_products = MULTIPLY_ADD(g, LOAD(AT(x, row * channels + c)) - centre, block_products);
    }
    sum += block_sum;
    products += block_products;
  }
  STORE(sum, AT(chunks, 2 * chunk * channels + c));
  STORE(products, AT(chunks, (2 * chunk + 1) * channels + c));
}

// The gradients of gamma and beta.
__kernel void merge_gradients(
    const int channels, const int chunk_count, const float epsilon,
    __global const float *restrict chunks, const int chunks_offset,
    __global const float *restrict variance, const int variance_offset,
    __global float *restrict gamma_gradient, const int gamma_gradient_offset,
    __global float *restrict beta_gradient, const int beta_gradient_offset) {
  const int c = get_global_id(0);
  if (c >= channels) return;
  Vector sum = 0.0f, products = 0.0f;
  FOR_EACH_BLOCK(start, 0, chunk_count) {
    Vector block_sum = 0.0f, block_products = 0.0f;
    FOR_BLOCK(chunk, start, chunk_count) {
      block_sum += LOAD(AT(chunks, 2 * chunk * channels + c));
      block_products += LOAD(AT(chunks, (2 * chunk + 1) * channels + c));
    }
    sum += block_sum;
    products += block_products;
  }
  STORE(products / sqrt(LOAD(AT(variance, c)) + epsilon), AT(gamma_gradient, c));
  STORE(sum, AT(beta_gradient, c));
}

// The gradient of x where the statistics are the batch's own:
// gamma / deviation * (gradient - (beta's gradient + normalized x * gamma's gradient) / rows).
__kernel void apply_gradient(
    const int count, const int channels, const int rows, const float epsilon,
    __global const float *x, const int x_offset, __global const float *gamma,
    const int gamma_offset, __global const float *mean, const int mean_offset,
    __global const float *variance, const int variance_offset,
    __global const float *gamma_gradient, const int gamma_gradient_offset,
    __global const float *beta_gradient, const int beta_gradient_offset,
    __global const float *gradient, const int gradient_offset, __global float *result,
    const int result_offset) {
  const float share = 1.0f / rows;
  int c = FIRST_VECTOR % channels;
  FOR_EACH_VECTOR(i, count) {
    const Vector inverse = 1.0f / sqrt(LOAD(AT(variance, c)) + epsilon);
    const Vector normalized = (LOAD(AT(x, i)) - LOAD(AT(mean, c))) * inverse;
    const Vector common_part =
        MULTIPLY_ADD(normalized, LOAD(AT(gamma_gradient, c)), LOAD(AT(beta_gradient, c))) * share;
    STORE(LOAD(AT(gamma, c)) * inverse * (LOAD(AT(gradient, i)) - common_part), AT(result, i));
    if (++c == channels) c = 0;
  }
}
