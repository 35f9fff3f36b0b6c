// Pooling by windows and its gradients. Images are N, height, width, channels.
//
// KIND is MAXIMUM, AVERAGE (of what lies inside the image) or AVERAGE_PADDED (of what lies inside the
// padded image). Gradients gather, so that each element is written once: of equal maxima of a window
// the first, row by row, gets the gradient. The first axis counts runs of channel vectors, the
// second runs of columns, the third lines of all images.

#include "common/vector.h"

#define MAXIMUM 0
#define AVERAGE 1
#define AVERAGE_PADDED 2
#ifndef KIND
#define KIND MAXIMUM
#endif

#define GEOMETRY                                                                                  \
  const int line_count, const int channels, const int channel_run, const int column_run,          \
      const int image_height, const int image_width, const int result_height,                     \
      const int result_width, const int window_height, const int window_width,                    \
      const int stride_y, const int stride_x, const int padding_top, const int padding_bottom,    \
      const int padding_left, const int padding_right

// How many elements the mean of the window at (y, x), which may begin in the padding, is over.
#if KIND == AVERAGE_PADDED
#define WINDOW_COUNT(y, x)                                                     \
  ((min((y) + window_height, image_height + padding_bottom) - (y)) *           \
   (min((x) + window_width, image_width + padding_right) - (x)))
#else
#define WINDOW_COUNT(y, x)                                                     \
  ((min((y) + window_height, image_height) - max(y, 0)) *                      \
   (min((x) + window_width, image_width) - max(x, 0)))
#endif

__kernel void pool(
    GEOMETRY, __global const float *restrict image, const int image_offset,
    __global float *restrict result, const int result_offset) {
  const int line = get_global_id(2);
  if (line >= line_count) return;
  const int top = line % result_height * stride_y - padding_top;
  const int first_y = max(top, 0), last_y = min(top + window_height, image_height);
  const int first_line = line / result_height * image_height;
  FOR_SHARE(column, 1, column_run, result_width) {
    const int left = column * stride_x - padding_left;
    const int first_x = max(left, 0), last_x = min(left + window_width, image_width);
    FOR_SHARE(c, 0, channel_run, channels) {
#if KIND == MAXIMUM
      Vector value = -INFINITY;
#else
      Vector value = 0.0f;
#endif
      for (int y = first_y; y < last_y; y++)
        for (int x = first_x; x < last_x; x++) {
          const int index = ((first_line + y) * image_width + x) * channels + c;
          const Vector v = LOAD(image + image_offset + index * VECTOR_WIDTH);
#if KIND == MAXIMUM
          value = CHOOSE((v > value) | isnan(v), v, value);
#else
          value += v;
#endif
        }
#if KIND != MAXIMUM
      value /= (float)max(WINDOW_COUNT(top, left), 1);
#endif
      STORE(value, result + result_offset +
                       ((line * result_width + column) * channels + c) * VECTOR_WIDTH);
    }
  }
}

// Where in its window the maximum is, for one vector of channels.
#if KIND == MAXIMUM
IntVector first_maximum(
    __global const float *image, const int top, const int left, const int window_height,
    const int window_width, const int image_height, const int image_width, const int channels) {
  Vector value = -INFINITY;
  IntVector winner = -1;
  for (int y = max(top, 0); y < min(top + window_height, image_height); y++)
    for (int x = max(left, 0); x < min(left + window_width, image_width); x++) {
      const Vector v = LOAD(image + (y * image_width + x) * channels * VECTOR_WIDTH);
      const IntVector wins = (v > value) | isnan(v) | (winner == -1);
      value = CHOOSE(wins, v, value);
      winner = select(winner, (IntVector)(y * image_width + x), wins);
    }
  return winner;
}
#endif

__kernel void pool_gradient(
    GEOMETRY, __global const float *restrict gradient, const int gradient_offset,
#if KIND == MAXIMUM
    __global const float *restrict image, const int image_offset,
#endif
    __global float *restrict result, const int result_offset) {
  const int line = get_global_id(2);
  if (line >= line_count) return;
  const int y = line % image_height, n = line / image_height;
  // The windows that hold line y: those from the first that ends after it to the last that begins
  // before it.
  const int reach_y = y + padding_top - window_height + 1;
  const int first_line = reach_y <= 0 ? 0 : (reach_y + stride_y - 1) / stride_y;
  const int last_line = min((y + padding_top) / stride_y, result_height - 1);
  FOR_SHARE(x, 1, column_run, image_width) {
    const int reach_x = x + padding_left - window_width + 1;
    const int first_column = reach_x <= 0 ? 0 : (reach_x + stride_x - 1) / stride_x;
    const int last_column = min((x + padding_left) / stride_x, result_width - 1);
    FOR_SHARE(c, 0, channel_run, channels) {
      Vector sum = 0.0f;
      for (int i = first_line; i <= last_line; i++)
        for (int j = first_column; j <= last_column; j++) {
          const int top = i * stride_y - padding_top, left = j * stride_x - padding_left;
          const Vector g =
              LOAD(gradient + gradient_offset +
                   (((n * result_height + i) * result_width + j) * channels + c) * VECTOR_WIDTH);
#if KIND == MAXIMUM
          const IntVector winner = first_maximum(
              image + image_offset +
                  (n * image_height * image_width * channels + c) * VECTOR_WIDTH,
              top, left, window_height, window_width, image_height, image_width, channels);
          sum += CHOOSE(winner == y * image_width + x, g, 0.0f);
#else
          sum += g / (float)max(WINDOW_COUNT(top, left), 1);
#endif
        }
      STORE(sum, result + result_offset +
                     ((line * image_width + x) * channels + c) * VECTOR_WIDTH);
    }
  }
}
