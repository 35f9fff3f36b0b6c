/// The part of one window that lies in the image, and what a mean divides by.
typedef struct {
  ptrdiff_t first_row, end_row, first_column, end_column;
  float count;
} NAME(pooling_window);
#define pooling_window NAME(pooling_window)

INLINE pooling_window NAME(window_at)(const graft_windows *windows, ptrdiff_t y, ptrdiff_t x) {
  ptrdiff_t row = y * windows->row_step - windows->padding_top;
  ptrdiff_t column = x * windows->column_step - windows->padding_left;
  ptrdiff_t last_row = windows->input_rows + windows->padding_bottom;
  ptrdiff_t last_column = windows->input_columns + windows->padding_right;
  ptrdiff_t end_row = row + windows->window_rows, end_column = column + windows->window_columns;
  if (end_row > last_row) end_row = last_row;
  if (end_column > last_column) end_column = last_column;
  ptrdiff_t padded_count = (end_row - row) * (end_column - column);
  pooling_window window = {
      .first_row = row < 0 ? 0 : row,
      .end_row = end_row > windows->input_rows ? windows->input_rows : end_row,
      .first_column = column < 0 ? 0 : column,
      .end_column = end_column > windows->input_columns ? windows->input_columns : end_column};
  ptrdiff_t inside =
      (window.end_row - window.first_row) * (window.end_column - window.first_column);
  window.count = (float)(windows->counts_padding ? padded_count : inside);
  return window;
}
#define window_at NAME(window_at)

INLINE vec NAME(pooled)(const graft_windows *windows, const float *image, pooling_window window,
                        const bool is_maximum, ptrdiff_t channel, const ptrdiff_t count) {
  vec result = is_maximum ? (vec)-INFINITY : (vec)0;
  for (ptrdiff_t row = window.first_row; row < window.end_row; row++) {
    const float *line = image + row * windows->input_columns * windows->channels + channel;
    for (ptrdiff_t column = window.first_column; column < window.end_column; column++) {
      vec value = load_some(line + column * windows->channels, count);
      if (is_maximum)
        result = is_greater(value, result) ? value : result;
      else
        result += value;
    }
  }
  return is_maximum ? result : result / window.count;
}

INLINE void NAME(pool)(const graft_windows *windows, const float *images, float *output,
                       ptrdiff_t first, ptrdiff_t end, const bool is_maximum) {
  const ptrdiff_t channels = windows->channels;
  const ptrdiff_t image_size = windows->input_rows * windows->input_columns * channels;
  for (ptrdiff_t row = first; row < end; row++) {
    const float *image = images + row / windows->output_rows * image_size;
    for (ptrdiff_t x = 0; x < windows->output_columns; x++) {
      pooling_window window = window_at(windows, row % windows->output_rows, x);
      float *to = output + (row * windows->output_columns + x) * channels;
      ptrdiff_t c = 0;
      for (; c + LANES <= channels; c += LANES) {
        store(to + c, NAME(pooled)(windows, image, window, is_maximum, c, LANES));
      }
      if (c < channels) {
        vec value = NAME(pooled)(windows, image, window, is_maximum, c, channels - c);
        store_some(to + c, value, channels - c);
      }
    }
  }
}

static void NAME(maximum_pool)(const graft_windows *windows, const float *images, float *output,
                               ptrdiff_t first, ptrdiff_t end) {
  NAME(pool)(windows, images, output, first, end, true);
}

static void NAME(average_pool)(const graft_windows *windows, const float *images, float *output,
                               ptrdiff_t first, ptrdiff_t end) {
  NAME(pool)(windows, images, output, first, end, false);
}

INLINE void NAME(clear_channels)(const graft_windows *windows, float *gradient, ptrdiff_t first,
                                 ptrdiff_t end) {
  ptrdiff_t pixels = windows->input_rows * windows->input_columns;
  for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
    __builtin_memset(gradient + pixel * windows->channels + first, 0,
                     (size_t)(end - first) * sizeof(float));
  }
}

static void NAME(maximum_pool_gradient)(const graft_windows *windows, const float *image,
                                        const float *output_gradient, float *gradient,
                                        ptrdiff_t first, ptrdiff_t end) {
  const ptrdiff_t channels = windows->channels, line = windows->input_columns * channels;
  NAME(clear_channels)(windows, gradient, first, end);
  for (ptrdiff_t pixel = 0; pixel < windows->output_rows * windows->output_columns; pixel++) {
    pooling_window window =
        window_at(windows, pixel / windows->output_columns, pixel % windows->output_columns);
    for (ptrdiff_t c = first; c < end; c += LANES) {
      const ptrdiff_t left = end - c;
      vec maximum = (vec)-INFINITY;
      ivec place = (ivec)(int32_t)0;
      int32_t position = 0;
      for (ptrdiff_t row = window.first_row; row < window.end_row; row++) {
        for (ptrdiff_t column = window.first_column; column < window.end_column; column++) {
          vec value = load_some(image + row * line + column * channels + c, left);
          ivec greater = is_greater(value, maximum);
          place = greater ? (ivec)position : place;
          maximum = greater ? value : maximum;
          position++;
        }
      }
      vec share = load_some(output_gradient + pixel * channels + c, left);
      position = 0;
      for (ptrdiff_t row = window.first_row; row < window.end_row; row++) {
        for (ptrdiff_t column = window.first_column; column < window.end_column; column++) {
          float *to = gradient + row * line + column * channels + c;
          vec added = place == (ivec)position ? share : (vec)0;
          store_some(to, load_some(to, left) + added, left);
          position++;
        }
      }
    }
  }
}

static void NAME(average_pool_gradient)(const graft_windows *windows, const float *output_gradient,
                                        float *gradient, ptrdiff_t first, ptrdiff_t end) {
  const ptrdiff_t channels = windows->channels, line = windows->input_columns * channels;
  NAME(clear_channels)(windows, gradient, first, end);
  for (ptrdiff_t pixel = 0; pixel < windows->output_rows * windows->output_columns; pixel++) {
    pooling_window window =
        window_at(windows, pixel / windows->output_columns, pixel % windows->output_columns);
    for (ptrdiff_t c = first; c < end; c += LANES) {
      vec share = load_some(output_gradient + pixel * channels + c, end - c) / window.count;
      for (ptrdiff_t row = window.first_row; row < window.end_row; row++) {
        for (ptrdiff_t column = window.first_column; column < window.end_column; column++) {
          float *to = gradient + row * line + column * channels + c;
          store_some(to, load_some(to, end - c) + share, end - c);
        }
      }
    }
  }
}
#undef pooling_window
#undef window_at
