#include "exponential.h"
#include "activation_values.h"

#define MAXIMUM_TAPS 256
// Output columns and channel vectors computed together: enough sums to keep the FMA units busy.
#define COLUMNS 4
#define VECTORS 2

/// The taps of one output row that lie in the image.
typedef struct {
  const float *image;
  ptrdiff_t first_tap_row, end_tap_row, row;
} NAME(depthwise_line);
#define depthwise_line NAME(depthwise_line)

INLINE depthwise_line NAME(line_at)(const graft_depthwise *shape, const float *images,
                                    ptrdiff_t row) {
  depthwise_line line;
  ptrdiff_t y = row % shape->output_rows, n = row / shape->output_rows;
  line.image = images + n * shape->input_rows * shape->input_columns * shape->channels;
  line.row = y * shape->row_step - shape->padding_top;
  line.first_tap_row = 0;
  line.end_tap_row = shape->kernel_rows;
  while (line.first_tap_row < line.end_tap_row &&
         line.row + line.first_tap_row * shape->row_dilation < 0)
    line.first_tap_row++;
  while (line.end_tap_row > line.first_tap_row &&
         line.row + (line.end_tap_row - 1) * shape->row_dilation >= shape->input_rows)
    line.end_tap_row--;
  return line;
}

/// The epilogue of one vector of `count` channels.
INLINE void NAME(finish_channels)(const graft_epilogue *epilogue, vec sum, float *output,
                                  ptrdiff_t offset, ptrdiff_t channel, ptrdiff_t count) {
  if (epilogue->bias) sum += load_some(epilogue->bias + channel, count);
  if (epilogue->residual) sum += load_some(epilogue->residual + offset, count);
  store_some(output + offset, activation_value(epilogue->activation, epilogue->slope, sum), count);
}

/// `columns` neighbouring output columns whose taps [first_tap, end_tap) all lie in the image.
INLINE void NAME(depthwise_columns)(const graft_depthwise *shape, depthwise_line line,
                                    const float *kernel, const graft_epilogue *epilogue,
                                    float *output, ptrdiff_t row, ptrdiff_t x, const int columns,
                                    ptrdiff_t first_tap, ptrdiff_t end_tap) {
  const ptrdiff_t channels = shape->channels, step = shape->column_step * channels;
  const ptrdiff_t tap_step = shape->column_dilation * channels;
  const ptrdiff_t offset = (row * shape->output_columns + x) * channels;
  const ptrdiff_t column = x * shape->column_step - shape->padding_left;
  ptrdiff_t c = 0;
  for (; c + VECTORS * LANES <= channels; c += VECTORS * LANES) {
    vec sum[COLUMNS][VECTORS];
    UNROLL for (int i = 0; i < columns; i++) {
      UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = 0;
    }
    for (ptrdiff_t tap_row = line.first_tap_row; tap_row < line.end_tap_row; tap_row++) {
      const ptrdiff_t input_row = line.row + tap_row * shape->row_dilation;
      const float *from = line.image + (input_row * shape->input_columns + column) * channels + c +
                          first_tap * tap_step;
      const float *weights = kernel + (tap_row * shape->kernel_columns + first_tap) * channels + c;
      for (ptrdiff_t tap = first_tap; tap < end_tap; tap++) {
        UNROLL for (int v = 0; v < VECTORS; v++) {
          vec weight = load(weights + v * LANES);
          UNROLL for (int i = 0; i < columns; i++) {
            sum[i][v] += weight * load(from + i * step + v * LANES);
          }
        }
        from += tap_step;
        weights += channels;
      }
    }
    UNROLL for (int i = 0; i < columns; i++) {
      UNROLL for (int v = 0; v < VECTORS; v++) {
        ptrdiff_t channel = c + v * LANES;
        NAME(finish_channels)(epilogue, sum[i][v], output, offset + i * channels + channel,
                              channel, LANES);
      }
    }
  }
  for (; c < channels; c += LANES) {
    const ptrdiff_t left = channels - c;
    for (int i = 0; i < columns; i++) {
      vec sum = 0;
      for (ptrdiff_t tap_row = line.first_tap_row; tap_row < line.end_tap_row; tap_row++) {
        const ptrdiff_t input_row = line.row + tap_row * shape->row_dilation;
        const float *from =
            line.image + (input_row * shape->input_columns + column) * channels + c + i * step;
        const float *weights = kernel + tap_row * shape->kernel_columns * channels + c;
        for (ptrdiff_t tap = first_tap; tap < end_tap; tap++) {
          sum += load_some(weights + tap * channels, left) * load_some(from + tap * tap_step, left);
        }
      }
      NAME(finish_channels)(epilogue, sum, output, offset + i * channels + c, c, left);
    }
  }
}

INLINE void NAME(depthwise_row)(const graft_depthwise *shape, const float *images,
                                const float *kernel, const graft_epilogue *epilogue, float *output,
                                ptrdiff_t row) {
  depthwise_line line = NAME(line_at)(shape, images, row);
  const ptrdiff_t taps = shape->kernel_columns, reach = (taps - 1) * shape->column_dilation;
  for (ptrdiff_t x = 0; x < shape->output_columns;) {
    const ptrdiff_t column = x * shape->column_step - shape->padding_left;
    const ptrdiff_t last = column + (COLUMNS - 1) * shape->column_step + reach;
    if (column >= 0 && last < shape->input_columns && x + COLUMNS <= shape->output_columns) {
      NAME(depthwise_columns)(shape, line, kernel, epilogue, output, row, x, COLUMNS, 0, taps);
      x += COLUMNS;
    } else {
      ptrdiff_t first_tap = 0, end_tap = taps;
      while (first_tap < end_tap && column + first_tap * shape->column_dilation < 0) first_tap++;
      while (end_tap > first_tap &&
             column + (end_tap - 1) * shape->column_dilation >= shape->input_columns)
        end_tap--;
      NAME(depthwise_columns)(shape, line, kernel, epilogue, output, row, x, 1, first_tap, end_tap);
      x++;
    }
  }
}

static void NAME(depthwise_rows)(const graft_depthwise *shape, const float *images,
                                 const float *kernel, const graft_epilogue *epilogue,
                                 float *output, ptrdiff_t first, ptrdiff_t end) {
  for (ptrdiff_t row = first; row < end; row++) {
    NAME(depthwise_row)(shape, images, kernel, epilogue, output, row);
  }
}

/// Where the taps of a kernel axis that reach input position `place` find the output: lists output
/// positions and taps.
INLINE ptrdiff_t NAME(reaching_taps)(ptrdiff_t place, ptrdiff_t taps, ptrdiff_t dilation,
                                     ptrdiff_t step, ptrdiff_t outputs, ptrdiff_t *positions,
                                     ptrdiff_t *indices) {
  ptrdiff_t count = 0;
  for (ptrdiff_t tap = 0; tap < taps && count < MAXIMUM_TAPS; tap++) {
    ptrdiff_t position = place - tap * dilation;
    if (position < 0 || position % step != 0 || position / step >= outputs) continue;
    positions[count] = position / step;
    indices[count++] = tap;
  }
  return count;
}

static void NAME(depthwise_input_gradient)(const graft_depthwise *shape,
                                           const float *output_gradient, const float *kernel,
                                           float *gradient, ptrdiff_t first, ptrdiff_t end) {
  const ptrdiff_t channels = shape->channels;
  ptrdiff_t rows[MAXIMUM_TAPS], row_taps[MAXIMUM_TAPS];
  ptrdiff_t columns[MAXIMUM_TAPS], column_taps[MAXIMUM_TAPS];
  for (ptrdiff_t line = first; line < end; line++) {
    const ptrdiff_t y = line % shape->input_rows, n = line / shape->input_rows;
    const float *image =
        output_gradient + n * shape->output_rows * shape->output_columns * channels;
    const ptrdiff_t row_count =
        NAME(reaching_taps)(y + shape->padding_top, shape->kernel_rows, shape->row_dilation,
                            shape->row_step, shape->output_rows, rows, row_taps);
    for (ptrdiff_t x = 0; x < shape->input_columns; x++) {
      const ptrdiff_t column_count = NAME(reaching_taps)(
          x + shape->padding_left, shape->kernel_columns, shape->column_dilation,
          shape->column_step, shape->output_columns, columns, column_taps);
      float *to = gradient + (line * shape->input_columns + x) * channels;
      for (ptrdiff_t c = 0; c < channels; c += LANES) {
        vec sum = 0;
        for (ptrdiff_t i = 0; i < row_count; i++) {
          const float *from = image + rows[i] * shape->output_columns * channels + c;
          const float *weights = kernel + row_taps[i] * shape->kernel_columns * channels + c;
          for (ptrdiff_t j = 0; j < column_count; j++) {
            sum += load_some(from + columns[j] * channels, channels - c) *
                   load_some(weights + column_taps[j] * channels, channels - c);
          }
        }
        store_some(to + c, sum, channels - c);
      }
    }
  }
}

/// Adds the products of one row's gradients with the inputs that `taps` neighbouring taps see.
INLINE void NAME(add_row_products)(const graft_depthwise *shape, const float *from,
                                   const float *gradients, ptrdiff_t first_column,
                                   ptrdiff_t end_column, float *to, const int taps,
                                   ptrdiff_t count) {
  const ptrdiff_t channels = shape->channels, step = shape->column_step * channels;
  const ptrdiff_t tap_step = shape->column_dilation * channels;
  vec sum[4];
  UNROLL for (int tap = 0; tap < taps; tap++) sum[tap] = load_some(to + tap * channels, count);
  for (ptrdiff_t x = first_column; x < end_column; x++) {
    vec gradient = load_some(gradients + x * channels, count);
    UNROLL for (int tap = 0; tap < taps; tap++) {
      sum[tap] += gradient * load_some(from + x * step + tap * tap_step, count);
    }
  }
  UNROLL for (int tap = 0; tap < taps; tap++) store_some(to + tap * channels, sum[tap], count);
}

/// The output columns for which a tap `reach` input columns to the right lies in the image.
INLINE void NAME(columns_in_image)(const graft_depthwise *shape, ptrdiff_t reach, ptrdiff_t *first,
                                   ptrdiff_t *end) {
  const ptrdiff_t step = shape->column_step, before = shape->padding_left - reach;
  *first = before > 0 ? (before + step - 1) / step : 0;
  const ptrdiff_t last = shape->input_columns - 1 + before;
  *end = last < 0 ? 0 : last / step + 1;
  if (*end > shape->output_columns) *end = shape->output_columns;
}

static void NAME(depthwise_kernel_gradient)(const graft_depthwise *shape, const float *images,
                                            const float *output_gradient, float *gradient,
                                            ptrdiff_t first, ptrdiff_t end,
                                            ptrdiff_t first_channel, ptrdiff_t end_channel) {
  const ptrdiff_t channels = shape->channels, taps = shape->kernel_columns;
  for (ptrdiff_t tap = 0; tap < shape->kernel_rows * taps; tap++) {
    for (ptrdiff_t c = first_channel; c < end_channel; c++) gradient[tap * channels + c] = 0;
  }
  for (ptrdiff_t row = first; row < end; row++) {
    depthwise_line line = NAME(line_at)(shape, images, row);
    const float *gradients = output_gradient + row * shape->output_columns * channels;
    for (ptrdiff_t c = first_channel; c < end_channel; c += LANES) {
      const ptrdiff_t left = end_channel - c;
      for (ptrdiff_t tap_row = line.first_tap_row; tap_row < line.end_tap_row; tap_row++) {
        const ptrdiff_t input_row = line.row + tap_row * shape->row_dilation;
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
          ptrdiff_t begin, stop;
          const ptrdiff_t reach = tap * shape->column_dilation;
          NAME(columns_in_image)(shape, reach, &begin, &stop);
          const ptrdiff_t column = reach - shape->padding_left;
          const float *from =
              line.image + (input_row * shape->input_columns + column) * channels + c;
          float *to = gradient + (tap_row * taps + tap) * channels + c;
          if (left >= LANES)
            NAME(add_row_products)(shape, from, gradients + c, begin, stop, to, 1, LANES);
          else
            NAME(add_row_products)(shape, from, gradients + c, begin, stop, to, 1, left);
        }
      }
    }
  }
}
#undef MAXIMUM_TAPS
#undef COLUMNS
#undef VECTORS
#undef depthwise_line
