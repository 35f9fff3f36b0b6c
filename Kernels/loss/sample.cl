// The weighted mean over samples of what each row of predictions costs, and its gradient.
//
// KIND is SOFTMAX_CROSS_ENTROPY (logits, probabilities), BINARY_CROSS_ENTROPY (logits, 0 to 1) or
// MEAN_SQUARED_ERROR; the last two are means over a row. A sample of weight 0 leaves no trace, even
// where its loss is not a number. The gradient may take the place of the predictions.

#include "common/rows.h"

#define SOFTMAX_CROSS_ENTROPY 0
#define BINARY_CROSS_ENTROPY 1
#define MEAN_SQUARED_ERROR 2
#ifndef KIND
#define KIND SOFTMAX_CROSS_ENTROPY
#endif

// A target mixed with the uniform distribution.
#define SMOOTHED(target) ((target) * (1.0f - smoothing) + smoothing / columns)

__kernel void sample_losses(
    const int columns, const float smoothing, __global const float *restrict predictions,
    const int predictions_offset, __global const float *restrict targets,
    const int targets_offset, __global const float *restrict weights, const int weights_offset,
    __global float *restrict losses, const int losses_offset) {
  ROW_SCRATCH
  const int row = get_group_id(0);
  predictions += predictions_offset + row * columns;
  targets += targets_offset + row * columns;
  float loss = 0.0f;
#if KIND == SOFTMAX_CROSS_ENTROPY
  float largest = -INFINITY;
  FOR_LANE(i, columns) largest = fmax(largest, predictions[i]);
  largest = ROW_MAXIMUM(largest);
  float sum = 0.0f;
  FOR_LANE(i, columns) sum += exp(predictions[i] - largest);
  const float log_sum = log(ROW_SUM(sum));
  // A target of 0 costs nothing, even where the prediction is minus infinity.
  FOR_LANE(i, columns) {
    const float target = SMOOTHED(targets[i]);
    if (target != 0.0f) loss += target * (log_sum + largest - predictions[i]);
  }
#elif KIND == BINARY_CROSS_ENTROPY
  FOR_LANE(i, columns) {
    const float x = predictions[i];
    loss += (fmax(x, 0.0f) - x * targets[i] + log1p(exp(-fabs(x)))) / columns;
  }
#else
  FOR_LANE(i, columns) {
    const float distance = predictions[i] - targets[i];
    loss += distance * distance / columns;
  }
#endif
  loss = ROW_SUM(loss);
  const float weight = weights[weights_offset + row];
  if (LANE == 0) losses[losses_offset + row] = weight == 0.0f ? 0.0f : weight * loss;
}

__kernel void mean_loss(
    const int rows, __global const float *restrict losses, const int losses_offset,
    __global const float *restrict weights, const int weights_offset,
    __global float *restrict result, const int result_offset) {
  if (get_global_id(0) != 0) return;
  float loss = 0.0f, weight = 0.0f;
  for (int row = 0; row < rows; row++) {
    loss += losses[losses_offset + row];
    weight += weights[weights_offset + row];
  }
  result[result_offset] = weight == 0.0f ? 0.0f : loss / weight;
}

__kernel void sample_loss_gradient(
    const int rows, const int columns, const float smoothing, __global const float *predictions,
    const int predictions_offset, __global const float *restrict targets,
    const int targets_offset, __global const float *restrict weights, const int weights_offset,
    __global const float *restrict gradient, const int gradient_offset, __global float *result,
    const int result_offset) {
  ROW_SCRATCH
  const int row = get_group_id(0);
  predictions += predictions_offset + row * columns;
  targets += targets_offset + row * columns;
  result += result_offset + row * columns;
  float all_weights = 0.0f;
  FOR_LANE(i, rows) all_weights += weights[weights_offset + i];
  all_weights = ROW_SUM(all_weights);
  // No early return: some drivers cannot take one before a barrier.
  const float weight = weights[weights_offset + row];
  const int counts = weight != 0.0f && all_weights != 0.0f;
  const float factor = counts ? gradient[gradient_offset] * weight / all_weights : 0.0f;
#if KIND == SOFTMAX_CROSS_ENTROPY
  float largest = -INFINITY;
  FOR_LANE(i, columns) largest = fmax(largest, predictions[i]);
  largest = ROW_MAXIMUM(largest);
  float sum = 0.0f, target_sum = 0.0f;
  FOR_LANE(i, columns) {
    sum += exp(predictions[i] - largest);
    target_sum += SMOOTHED(targets[i]);
  }
  sum = ROW_SUM(sum);
  target_sum = ROW_SUM(target_sum);
  FOR_LANE(i, columns) {
    const float probability = exp(predictions[i] - largest) / sum;
    const float value = (probability * target_sum - SMOOTHED(targets[i])) * factor;
    result[i] = counts ? value : 0.0f;
  }
#elif KIND == BINARY_CROSS_ENTROPY
  FOR_LANE(i, columns) {
    const float value = (1.0f / (1.0f + exp(-predictions[i])) - targets[i]) * (factor / columns);
    result[i] = counts ? value : 0.0f;
  }
#else
  FOR_LANE(i, columns) {
    const float value = (predictions[i] - targets[i]) * (2.0f * factor / columns);
    result[i] = counts ? value : 0.0f;
  }
#endif
}
