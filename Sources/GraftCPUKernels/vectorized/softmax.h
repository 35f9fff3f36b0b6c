#include "exponential.h"

INLINE float NAME(maximum_of_row)(const float *values, ptrdiff_t columns) {
  float maximum = -INFINITY;
  for (ptrdiff_t c = 0; c < columns; c++) maximum = values[c] > maximum ? values[c] : maximum;
  return maximum;
}

/// results = exp(values - maximum), and their sum.
INLINE float NAME(exponentials_of_row)(const float *values, float maximum, float *results,
                                       ptrdiff_t columns) {
  vec sum = 0;
  ptrdiff_t c = 0;
  for (; c + LANES <= columns; c += LANES) {
    vec value = exponential(load(values + c) - maximum);
    store(results + c, value);
    sum += value;
  }
  float total = sum_of_lanes(sum);
  if (c < columns) {
    vec value = exponential(load_some(values + c, columns - c) - maximum);
    store_some(results + c, value, columns - c);
    for (ptrdiff_t lane = 0; lane < columns - c; lane++) total += value[lane];
  }
  return total;
}

static void NAME(softmax_rows)(const float *values, float *results, ptrdiff_t rows,
                               ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++, values += columns, results += columns) {
    float maximum = NAME(maximum_of_row)(values, columns);
    float factor = 1 / NAME(exponentials_of_row)(values, maximum, results, columns);
    for (ptrdiff_t c = 0; c < columns; c++) results[c] *= factor;
  }
}

static void NAME(softmax_gradient_rows)(const float *softmax, const float *gradients,
                                        float *results, ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float sum = 0;
    for (ptrdiff_t c = 0; c < columns; c++) sum += gradients[c] * softmax[c];
    for (ptrdiff_t c = 0; c < columns; c++) results[c] = softmax[c] * (gradients[c] - sum);
    softmax += columns, gradients += columns, results += columns;
  }
}

INLINE float NAME(cross_entropy_of_row)(float smoothing, const float *logits, const float *targets,
                                        ptrdiff_t columns) {
  float maximum = NAME(maximum_of_row)(logits, columns);
  vec sum = 0;
  ptrdiff_t c = 0;
  for (; c + LANES <= columns; c += LANES) sum += exponential(load(logits + c) - maximum);
  float total = sum_of_lanes(sum);
  for (; c < columns; c++) total += expf(logits[c] - maximum);
  float logarithm = logf(total), share = smoothing / (float)columns, loss = 0;
  for (c = 0; c < columns; c++) {
    loss += (targets[c] * (1 - smoothing) + share) * (maximum + logarithm - logits[c]);
  }
  return loss;
}

static float NAME(loss_of_row)(graft_loss loss, float smoothing, const float *predictions,
                               const float *targets, ptrdiff_t columns) {
  float sum = 0;
  switch (loss) {
    case GRAFT_SOFTMAX_CROSS_ENTROPY:
      return NAME(cross_entropy_of_row)(smoothing, predictions, targets, columns);
    case GRAFT_BINARY_CROSS_ENTROPY:
      for (ptrdiff_t c = 0; c < columns; c++) {
        float x = predictions[c], positive = x < 0 ? 0 : x;
        sum += positive - x * targets[c] + log1pf(expf(x < 0 ? x : -x));
      }
      return sum / (float)columns;
    case GRAFT_MEAN_SQUARED_ERROR:
      for (ptrdiff_t c = 0; c < columns; c++) {
        float difference = predictions[c] - targets[c];
        sum += difference * difference;
      }
      return sum / (float)columns;
  }
  return sum;
}

INLINE void NAME(cross_entropy_gradient)(float smoothing, float factor, const float *logits,
                                         const float *targets, float *results,
                                         ptrdiff_t columns) {
  float maximum = NAME(maximum_of_row)(logits, columns), mass = 0;
  float total = NAME(exponentials_of_row)(logits, maximum, results, columns);
  float share = smoothing / (float)columns;
  for (ptrdiff_t c = 0; c < columns; c++) mass += targets[c] * (1 - smoothing) + share;
  for (ptrdiff_t c = 0; c < columns; c++) {
    float target = targets[c] * (1 - smoothing) + share;
    results[c] = factor * (results[c] / total * mass - target);
  }
}

static void NAME(loss_gradient_of_row)(graft_loss loss, float smoothing, float factor,
                                       const float *predictions, const float *targets,
                                       float *results, ptrdiff_t columns) {
  const float share = factor / (float)columns;
  switch (loss) {
    case GRAFT_SOFTMAX_CROSS_ENTROPY:
      NAME(cross_entropy_gradient)(smoothing, factor, predictions, targets, results, columns);
      return;
    case GRAFT_BINARY_CROSS_ENTROPY:
      for (ptrdiff_t c = 0; c < columns; c++) {
        results[c] = share * (1 / (1 + expf(-predictions[c])) - targets[c]);
      }
      return;
    case GRAFT_MEAN_SQUARED_ERROR:
      for (ptrdiff_t c = 0; c < columns; c++) {
        results[c] = 2 * share * (predictions[c] - targets[c]);
      }
      return;
  }
}
