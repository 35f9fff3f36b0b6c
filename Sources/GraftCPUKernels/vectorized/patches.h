// Gathers the rows of a graft_patches: the left operand of a convolution, block by block.

/// Copies a few floats, inline: segments are often a handful of channels long.
INLINE void NAME(copy_floats)(float *RESTRICT to, const float *RESTRICT from, ptrdiff_t count) {
  for (; count >= LANES; count -= LANES, to += LANES, from += LANES) store(to, load(from));
  for (; count >= 4; count -= 4, to += 4, from += 4) __builtin_memcpy(to, from, 16);
  for (; count > 0; count--) *to++ = *from++;
}
INLINE void NAME(clear_floats)(float *to, ptrdiff_t count) {
  for (; count >= LANES; count -= LANES, to += LANES) store(to, (vec)0);
  for (; count > 0; count--) *to++ = 0;
}

/// Copies depths [first, end) of one kernel row, whose first tap stands at (row, column).
INLINE void NAME(gather_segment)(const graft_patches *patches, const float *image, ptrdiff_t row,
                                 ptrdiff_t column, ptrdiff_t first, ptrdiff_t end, float *to) {
  const ptrdiff_t channels = patches->channels;
  if (row < 0 || row >= patches->input_rows) {
    NAME(clear_floats)(to, end - first);
    return;
  }
  const float *line = image + row * patches->input_columns * patches->pixel_stride;
  if (patches->tap_column_step == 1 && patches->pixel_stride == channels) {
    // Neighbouring taps are neighbours in memory: one copy, cut at the image's edges.
    ptrdiff_t inside = -column * channels, outside = (patches->input_columns - column) * channels;
    ptrdiff_t begin = inside > first ? inside : first, stop = outside < end ? outside : end;
    if (begin > end) begin = end;
    if (stop < begin) stop = begin;
    NAME(clear_floats)(to, begin - first);
    NAME(copy_floats)(to + (begin - first), line + column * channels + begin, stop - begin);
    NAME(clear_floats)(to + (stop - first), end - stop);
    return;
  }
  while (first < end) {
    ptrdiff_t tap = first / channels, channel = first - tap * channels;
    ptrdiff_t count = channels - channel < end - first ? channels - channel : end - first;
    ptrdiff_t x = column + tap * patches->tap_column_step;
    if (x < 0 || x >= patches->input_columns)
      NAME(clear_floats)(to, count);
    else
      NAME(copy_floats)(to, line + x * patches->pixel_stride + channel, count);
    to += count;
    first += count;
  }
}

/// Copies the kernel rows of a pixel whose taps all lie in the image and are neighbours in memory, from
/// depth `first` of kernel row `tap_row` on. Whole vectors run over the end of a kernel row into the
/// next one's place; the last one ends where it should.
INLINE void NAME(gather_inside)(const float *from, ptrdiff_t step, ptrdiff_t line, ptrdiff_t tap_row,
                                ptrdiff_t first, ptrdiff_t count, float *to) {
  from += tap_row * step + first;
  for (ptrdiff_t size = line - first; size < count; size = line) {
    for (ptrdiff_t i = 0; i < size; i += LANES) store(to + i, load(from + i));
    to += size;
    count -= size;
    from += step - first;
    first = 0;
  }
  NAME(copy_floats)(to, from, count);
}

/// Gathers depths [first_depth, end_depth) of grid pixels [first_row, end_row) into rows of
/// `to` that are `stride` floats apart.
static void NAME(gather)(const graft_patches *patches, ptrdiff_t first_row, ptrdiff_t end_row,
                         ptrdiff_t first_depth, ptrdiff_t end_depth, float *to, ptrdiff_t stride) {
  const ptrdiff_t line = patches->tap_columns * patches->channels;
  const ptrdiff_t image_line = patches->input_columns * patches->pixel_stride;
  const ptrdiff_t image_size = patches->input_rows * image_line;
  // A part of a strided convolution's gradient may have no taps.
  const ptrdiff_t first_tap_row = line ? first_depth / line : 0;
  const ptrdiff_t first_in_line = first_depth - first_tap_row * line;
  const bool is_dense = patches->tap_column_step == 1 &&
                        patches->pixel_stride == patches->channels &&
                        stride - (end_depth - first_depth) >= LANES;
  // Where the first tap may stand so that all taps lie in the image and no vector ends behind it.
  const ptrdiff_t row_reach = (patches->tap_rows - 1) * patches->tap_row_step;
  const ptrdiff_t last_row = patches->input_rows - 1 - row_reach;
  const ptrdiff_t last_column = patches->input_columns - patches->tap_columns;
  const ptrdiff_t last_start = image_size - row_reach * image_line - line - LANES;
  ptrdiff_t x = first_row % patches->grid_columns;
  ptrdiff_t y = first_row / patches->grid_columns % patches->grid_rows;
  ptrdiff_t n = first_row / patches->grid_columns / patches->grid_rows;
  for (ptrdiff_t pixel = first_row; pixel < end_row; pixel++, to += stride) {
    const float *image = patches->input + n * image_size;
    const ptrdiff_t row = patches->first_row + y * patches->grid_row_step;
    const ptrdiff_t column = patches->first_column + x * patches->grid_column_step;
    const ptrdiff_t start = row * image_line + column * patches->pixel_stride;
    if (is_dense && row >= 0 && row <= last_row && column >= 0 && column <= last_column &&
        start <= last_start) {
      NAME(gather_inside)(image + start, patches->tap_row_step * image_line, line, first_tap_row,
                          first_in_line, end_depth - first_depth, to);
    } else {
      ptrdiff_t depth = first_depth, tap_row = first_tap_row, first = first_in_line;
      while (depth < end_depth) {
        ptrdiff_t end = end_depth - depth < line - first ? first + end_depth - depth : line;
        NAME(gather_segment)(patches, image, row + tap_row * patches->tap_row_step, column, first,
                             end, to + (depth - first_depth));
        depth += end - first;
        first = 0;
        tap_row++;
      }
    }
    if (++x == patches->grid_columns) {
      x = 0;
      if (++y == patches->grid_rows) y = 0, n++;
    }
  }
}

/// Whether the rows of the patches already lie in memory, one pixel after the other.
INLINE bool NAME(rows_are_pixels)(const graft_patches *patches) {
  return patches->tap_rows == 1 && patches->tap_columns == 1 && patches->grid_row_step == 1 &&
         patches->grid_column_step == 1 && patches->first_row == 0 && patches->first_column == 0 &&
         patches->grid_rows == patches->input_rows &&
         patches->grid_columns == patches->input_columns;
}
