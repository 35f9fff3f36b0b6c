#include "exponential.h"
#include "activation_values.h"

#define MAXIMUM_TAPS 256
// Written columns and channel vectors computed together: enough sums to keep the FMA units busy.
#define COLUMNS 4
#define VECTORS 2

/// Along one axis, the places that a kernel's taps read for one written place, rising, and the taps.
typedef struct {
  ptrdiff_t count;
  ptrdiff_t places[MAXIMUM_TAPS], taps[MAXIMUM_TAPS];
} NAME(depthwise_reach);
#define depthwise_reach NAME(depthwise_reach)

/// One line to be written, forward or backward.
typedef struct {
  /// The image that is read.
  const float *image;
  const float *kernel;
  const graft_epilogue *epilogue;
  float *output;
  ptrdiff_t channels, read_columns, kernel_columns;
  /// Columns from one column read to that of its neighbour among those computed together.
  ptrdiff_t read_step;
  /// Columns from one column written to its neighbour.
  ptrdiff_t written_step;
  depthwise_reach rows;
} NAME(depthwise_line);
#define depthwise_line NAME(depthwise_line)

/// Lists what the taps see of an axis that is written at `position`, inside or not: forward, or for the
/// gradient of the input.
INLINE void NAME(list_reach)(bool is_gradient, ptrdiff_t position, ptrdiff_t taps,
                             ptrdiff_t dilation, ptrdiff_t step, ptrdiff_t padding,
                             depthwise_reach *reach) {
  reach->count = 0;
  for (ptrdiff_t i = 0; i < taps; i++) {
    const ptrdiff_t tap = is_gradient ? taps - 1 - i : i;
    ptrdiff_t place = position * step - padding + tap * dilation;
    if (is_gradient) {
      place = position + padding - tap * dilation;
      if (place % step != 0) continue;
      place /= step;
    }
    reach->places[reach->count] = place;
    reach->taps[reach->count++] = tap;
  }
}

/// What of `reach`, shifted, lies within an axis of `extent` places.
INLINE void NAME(keep_inside)(const depthwise_reach *reach, ptrdiff_t shift, ptrdiff_t extent,
                              depthwise_reach *inside) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < reach->count; i++) {
    const ptrdiff_t place = reach->places[i] + shift;
    if (place < 0 || place >= extent) continue;
    inside->places[count] = place;
    inside->taps[count++] = reach->taps[i];
  }
  inside->count = count;
}

/// `columns` neighbours of the `vectors` vectors of channels from `c` on; of fewer than LANES channels
/// where not `is_whole`. If `taps` is not 0 there are so many, which see neighbouring columns, as do the
/// columns that are written: these share what they read.
INLINE void NAME(sum_channels)(const depthwise_line *line, const depthwise_reach *reach,
                               ptrdiff_t shift, float *output, ptrdiff_t offset, ptrdiff_t c,
                               const int columns, const int taps, const int vectors,
                               const bool is_whole) {
  const ptrdiff_t channels = line->channels, step = line->read_step * channels;
  const ptrdiff_t count = is_whole ? LANES : channels - c;
  vec sum[COLUMNS][VECTORS];
  UNROLL for (int i = 0; i < columns; i++) {
    UNROLL for (int v = 0; v < vectors; v++) sum[i][v] = 0;
  }
  for (ptrdiff_t row = 0; row < line->rows.count; row++) {
    const float *from =
        line->image + (line->rows.places[row] * line->read_columns + shift) * channels + c;
    const float *weights =
        line->kernel + line->rows.taps[row] * line->kernel_columns * channels + c;
    if (taps) {
      from += reach->places[0] * channels;
      const ptrdiff_t weight_step =
          reach->taps[taps - 1] > reach->taps[0] ? channels : -channels;
      weights += reach->taps[0] * channels;
      UNROLL for (int v = 0; v < vectors; v++) {
        vec value[COLUMNS + 5];
        UNROLL for (int i = 0; i < columns + taps - 1; i++) {
          value[i] = load_some(from + i * channels + v * LANES, count);
        }
        UNROLL for (int tap = 0; tap < taps; tap++) {
          const vec weight = load_some(weights + tap * weight_step + v * LANES, count);
          UNROLL for (int i = 0; i < columns; i++) sum[i][v] += weight * value[i + tap];
        }
      }
    } else {
      for (ptrdiff_t tap = 0; tap < reach->count; tap++) {
        const float *values = from + reach->places[tap] * channels;
        UNROLL for (int v = 0; v < vectors; v++) {
          const vec weight = load_some(weights + reach->taps[tap] * channels + v * LANES, count);
          UNROLL for (int i = 0; i < columns; i++) {
            sum[i][v] += weight * load_some(values + i * step + v * LANES, count);
          }
        }
      }
    }
  }
  const graft_epilogue *epilogue = line->epilogue;
  UNROLL for (int v = 0; v < vectors; v++) {
    const ptrdiff_t channel = c + v * LANES;
    if (epilogue->bias) {
      const vec bias = load_some(epilogue->bias + channel, count);
      UNROLL for (int i = 0; i < columns; i++) sum[i][v] += bias;
    }
    UNROLL for (int i = 0; i < columns; i++) {
      const ptrdiff_t place = offset + i * line->written_step * channels + channel;
      vec value = sum[i][v];
      if (epilogue->residual) value += load_some(epilogue->residual + place, count);
      store_some(output + place,
                 activation_value(epilogue->activation, epilogue->slope, value), count);
    }
  }
}

INLINE void NAME(sum_columns)(const depthwise_line *line, const depthwise_reach *reach,
                              ptrdiff_t shift, ptrdiff_t offset, const int columns,
                              const int taps) {
  const ptrdiff_t channels = line->channels;
  ptrdiff_t c = 0;
  for (; c + VECTORS * LANES <= channels; c += VECTORS * LANES) {
    NAME(sum_channels)(line, reach, shift, line->output, offset, c, columns, taps, VECTORS, true);
  }
  for (; c + LANES <= channels; c += LANES) {
    NAME(sum_channels)(line, reach, shift, line->output, offset, c, columns, taps, 1, true);
  }
  if (c < channels) {
    NAME(sum_channels)(line, reach, shift, line->output, offset, c, columns, taps, 1, false);
  }
}

#define COLUMNS_CASE(name, columns, taps)                                                         \
  static void NAME(name)(const depthwise_line *line, const depthwise_reach *reach,                \
                         ptrdiff_t shift, ptrdiff_t offset) {                                     \
    NAME(sum_columns)(line, reach, shift, offset, columns, taps);                                 \
  }
COLUMNS_CASE(sum_columns_of_3_taps, COLUMNS, 3)
COLUMNS_CASE(sum_columns_of_5_taps, COLUMNS, 5)
COLUMNS_CASE(sum_columns_of_taps, COLUMNS, 0)
COLUMNS_CASE(sum_column_of_taps, 1, 0)
#undef COLUMNS_CASE

/// Writes lines [first, end), counted over all images, of the output, or of the input's gradient.
INLINE void NAME(write_lines)(const graft_depthwise *shape, const float *images,
                              const float *kernel, const graft_epilogue *epilogue, float *output,
                              ptrdiff_t first, ptrdiff_t end, const bool is_gradient) {
  const ptrdiff_t channels = shape->channels;
  const ptrdiff_t read_rows = is_gradient ? shape->output_rows : shape->input_rows;
  const ptrdiff_t read_columns = is_gradient ? shape->output_columns : shape->input_columns;
  const ptrdiff_t written_rows = is_gradient ? shape->input_rows : shape->output_rows;
  const ptrdiff_t written_columns = is_gradient ? shape->input_columns : shape->output_columns;
  // Columns of one phase see the same taps of a gradient.
  const ptrdiff_t phases = is_gradient ? shape->column_step : 1;
  const bool are_neighbours = shape->column_step == 1 && shape->column_dilation == 1;
  depthwise_line line = {.kernel = kernel,
                         .epilogue = epilogue,
                         .output = output,
                         .channels = channels,
                         .read_columns = read_columns,
                         .kernel_columns = shape->kernel_columns,
                         .read_step = is_gradient ? 1 : shape->column_step,
                         .written_step = phases};
  const ptrdiff_t reach_of_block = (COLUMNS - 1) * line.read_step;
  depthwise_reach reach, inside;
  for (ptrdiff_t row = first; row < end; row++) {
    line.image = images + row / written_rows * read_rows * read_columns * channels;
    NAME(list_reach)(is_gradient, row % written_rows, shape->kernel_rows, shape->row_dilation,
                     shape->row_step, shape->padding_top, &reach);
    NAME(keep_inside)(&reach, 0, read_rows, &line.rows);
    for (ptrdiff_t phase = 0; phase < phases && phase < written_columns; phase++) {
      NAME(list_reach)(is_gradient, phase, shape->kernel_columns, shape->column_dilation,
                       shape->column_step, shape->padding_left, &reach);
      void (*sum_block)(const depthwise_line *, const depthwise_reach *, ptrdiff_t, ptrdiff_t) =
          NAME(sum_columns_of_taps);
      if (are_neighbours && reach.count == 3) sum_block = NAME(sum_columns_of_3_taps);
      if (are_neighbours && reach.count == 5) sum_block = NAME(sum_columns_of_5_taps);
      for (ptrdiff_t x = phase, shift = 0; x < written_columns;) {
        const ptrdiff_t offset = (row * written_columns + x) * channels;
        if (x + (COLUMNS - 1) * phases < written_columns && reach.count > 0 &&
            reach.places[0] + shift >= 0 &&
            reach.places[reach.count - 1] + shift + reach_of_block < read_columns) {
          sum_block(&line, &reach, shift, offset);
          x += COLUMNS * phases;
          shift += COLUMNS * line.read_step;
        } else {
          NAME(keep_inside)(&reach, shift, read_columns, &inside);
          NAME(sum_column_of_taps)(&line, &inside, 0, offset);
          x += phases;
          shift += line.read_step;
        }
      }
    }
  }
}

static void NAME(depthwise_rows)(const graft_depthwise *shape, const float *images,
                                 const float *kernel, const graft_epilogue *epilogue,
                                 float *output, ptrdiff_t first, ptrdiff_t end) {
  NAME(write_lines)(shape, images, kernel, epilogue, output, first, end, false);
}

static void NAME(depthwise_input_gradient)(const graft_depthwise *shape,
                                           const float *output_gradient, const float *kernel,
                                           float *gradient, ptrdiff_t first, ptrdiff_t end) {
  const graft_epilogue none = {.activation = GRAFT_IDENTITY};
  NAME(write_lines)(shape, output_gradient, kernel, &none, gradient, first, end, true);
}

/// Adds the products of a line's gradients, columns [first, end), with the inputs that neighbouring
/// taps see, `rows` lines of `taps` each.
INLINE void NAME(add_products)(const graft_depthwise *shape, const float *from,
                               const float *gradients, ptrdiff_t first, ptrdiff_t end, float *to,
                               const int rows, const int taps, ptrdiff_t count) {
  const ptrdiff_t channels = shape->channels, step = shape->column_step * channels;
  const ptrdiff_t tap_step = shape->column_dilation * channels;
  const ptrdiff_t row_step = shape->row_dilation * shape->input_columns * channels;
  const ptrdiff_t to_step = shape->kernel_columns * channels;
  vec sum[3][5];
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int tap = 0; tap < taps; tap++) {
      sum[row][tap] = load_some(to + row * to_step + tap * channels, count);
    }
  }
  from += first * step;
  for (ptrdiff_t x = first; x < end; x++, from += step) {
    const vec gradient = load_some(gradients + x * channels, count);
    UNROLL for (int row = 0; row < rows; row++) {
      UNROLL for (int tap = 0; tap < taps; tap++) {
        sum[row][tap] += gradient * load_some(from + row * row_step + tap * tap_step, count);
      }
    }
  }
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int tap = 0; tap < taps; tap++) {
      store_some(to + row * to_step + tap * channels, sum[row][tap], count);
    }
  }
}

/// The same for all channels.
INLINE void NAME(add_channels)(const graft_depthwise *shape, const float *from,
                               const float *gradients, ptrdiff_t first, ptrdiff_t end, float *to,
                               const int rows, const int taps) {
  if (first >= end) return;
  ptrdiff_t c = 0;
  for (; c + LANES <= shape->channels; c += LANES) {
    NAME(add_products)(shape, from + c, gradients + c, first, end, to + c, rows, taps, LANES);
  }
  if (c < shape->channels) {
    NAME(add_products)(shape, from + c, gradients + c, first, end, to + c, rows, taps,
                       shape->channels - c);
  }
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
                                            ptrdiff_t first, ptrdiff_t end) {
  const ptrdiff_t channels = shape->channels, taps = shape->kernel_columns;
  __builtin_memset(gradient, 0, (size_t)(shape->kernel_rows * taps * channels) * sizeof(float));
  // Columns for which all taps of a line lie in the image, taken so many at a time that what they see
  // stays in a first-level cache.
  ptrdiff_t begin, stop, last_begin, last_stop;
  NAME(columns_in_image)(shape, 0, &begin, &stop);
  NAME(columns_in_image)(shape, (taps - 1) * shape->column_dilation, &last_begin, &last_stop);
  if (last_stop < stop) stop = last_stop;
  if (stop <= begin) begin = stop = 0;
  ptrdiff_t block = 6144 / channels / (shape->kernel_rows * shape->column_step + 1);
  if (block < 8) block = 8;
  depthwise_reach reach, rows;
  for (ptrdiff_t line = first; line < end; line++) {
    const ptrdiff_t y = line % shape->output_rows, n = line / shape->output_rows;
    const float *image = images + n * shape->input_rows * shape->input_columns * channels -
                         shape->padding_left * channels;
    const float *gradients = output_gradient + line * shape->output_columns * channels;
    NAME(list_reach)(false, y, shape->kernel_rows, shape->row_dilation, shape->row_step,
                     shape->padding_top, &reach);
    NAME(keep_inside)(&reach, 0, shape->input_rows, &rows);
    for (ptrdiff_t x = begin; x < stop; x += block) {
      const ptrdiff_t last = stop - x < block ? stop : x + block;
      for (ptrdiff_t row = 0; row < rows.count;) {
        const float *from = image + rows.places[row] * shape->input_columns * channels;
        float *to = gradient + rows.taps[row] * taps * channels;
        if (taps == 3 && rows.count == 3) {
          NAME(add_channels)(shape, from, gradients, x, last, to, 3, 3);
          row += 3;
          continue;
        }
        if (taps == 3) {
          NAME(add_channels)(shape, from, gradients, x, last, to, 1, 3);
        } else if (taps == 5) {
          NAME(add_channels)(shape, from, gradients, x, last, to, 1, 5);
        } else {
          for (ptrdiff_t tap = 0; tap < taps; tap++) {
            NAME(add_channels)(shape, from + tap * shape->column_dilation * channels, gradients, x,
                               last, to + tap * channels, 1, 1);
          }
        }
        row++;
      }
    }
    for (ptrdiff_t row = 0; row < rows.count; row++) {
      for (ptrdiff_t tap = 0; tap < taps; tap++) {
        const ptrdiff_t distance = tap * shape->column_dilation;
        const float *from =
            image + (rows.places[row] * shape->input_columns + distance) * channels;
        float *to = gradient + (rows.taps[row] * taps + tap) * channels;
        ptrdiff_t tap_begin, tap_stop;
        NAME(columns_in_image)(shape, distance, &tap_begin, &tap_stop);
        const ptrdiff_t left_stop = tap_stop < begin ? tap_stop : begin;
        const ptrdiff_t right_begin = tap_begin > stop ? tap_begin : stop;
        NAME(add_channels)(shape, from, gradients, tap_begin, left_stop, to, 1, 1);
        NAME(add_channels)(shape, from, gradients, right_begin, tap_stop, to, 1, 1);
      }
    }
  }
}
#undef MAXIMUM_TAPS
#undef COLUMNS
#undef VECTORS
#undef depthwise_reach
#undef depthwise_line
