#include "exponential.h"
#include "activation_values.h"
#include "gemm_tile.h"
#include "patches.h"

// Blocking: GATHERED_ROWS rows of the left operand, MAXIMUM_DEPTH deep, stay in the second-level cache
// and a panel of the right operand, as deep, with a tile's rows in a first-level one of 32 KiB. Rows
// that are used where they lie are not cut along the depth: hardware fetches both operands ahead.
#define GROUP_ROWS 96
#define GATHERED_ROWS 48
#define MAXIMUM_DEPTH (LANES == 16 ? 128 : 288)
#define ROW_PADDING 16

/// Whether the rows of a tile, this far apart in memory, get into each other's way: rows that are
/// multiples of 4 KiB apart share one set of a first-level cache, whose ways number 8 or 12.
INLINE bool NAME(rows_collide)(ptrdiff_t row_stride) {
  return TILE_ROWS >= 8 && row_stride % (4096 / (ptrdiff_t)sizeof(float)) == 0;
}

INLINE ptrdiff_t NAME(depth_block)(ptrdiff_t depth) {
  ptrdiff_t blocks = (depth + MAXIMUM_DEPTH - 1) / MAXIMUM_DEPTH;
  return blocks > 0 ? (depth + blocks - 1) / blocks : 0;
}

static ptrdiff_t NAME(gemm_tile_rows)(void) { return TILE_ROWS; }
static ptrdiff_t NAME(gemm_tile_columns)(void) { return TILE_COLUMNS; }

static void NAME(gemm_pack)(const float *matrix, ptrdiff_t depth_stride, ptrdiff_t column_stride,
                            ptrdiff_t depth, ptrdiff_t columns, ptrdiff_t first_panel,
                            ptrdiff_t end_panel, float *packed, ptrdiff_t panel_stride) {
  if (column_stride == 1) {
    // Row by row, as they lie in memory.
    const ptrdiff_t whole = columns / TILE_COLUMNS < end_panel ? columns / TILE_COLUMNS : end_panel;
    for (ptrdiff_t k = 0; k < depth && first_panel < whole; k++) {
      const float *from = matrix + k * depth_stride + first_panel * TILE_COLUMNS;
      float *to = packed + first_panel * panel_stride + k * TILE_COLUMNS;
      for (ptrdiff_t panel = first_panel; panel < whole; panel++) {
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) store(to + v * LANES, load(from + v * LANES));
        from += TILE_COLUMNS;
        to += panel_stride;
      }
    }
    if (first_panel < whole) first_panel = whole;
  }
  for (ptrdiff_t panel = first_panel; panel < end_panel; panel++) {
    ptrdiff_t first = panel * TILE_COLUMNS, count = columns - first;
    if (count > TILE_COLUMNS) count = TILE_COLUMNS;
    float *to = packed + panel * panel_stride;
    const float *from = matrix + first * column_stride;
    for (ptrdiff_t k = 0; k < depth; k++, to += TILE_COLUMNS, from += depth_stride) {
      for (ptrdiff_t j = 0; j < count; j++) to[j] = from[j * column_stride];
      for (ptrdiff_t j = count; j < TILE_COLUMNS; j++) to[j] = 0;
    }
  }
}

INLINE ptrdiff_t NAME(patch_depth)(const graft_patches *patches) {
  return patches->tap_rows * patches->tap_columns * patches->channels;
}

static void NAME(gather_patches)(const graft_patches *patches, ptrdiff_t first_row,
                                 ptrdiff_t end_row, float *to) {
  const ptrdiff_t depth = NAME(patch_depth)(patches);
  NAME(gather)(patches, first_row, end_row, 0, depth, to, depth);
}

static void NAME(finish_rows)(const graft_epilogue *epilogue, const float *residual, float *sums,
                              ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t row = 0; row < rows; row++, sums += columns) {
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      const ptrdiff_t left = columns - c;
      vec value = load_some(sums + c, left);
      if (epilogue->bias) value += load_some(epilogue->bias + c, left);
      if (residual) value += load_some(residual + row * columns + c, left);
      value = activation_value(epilogue->activation, epilogue->slope, value);
      store_some(sums + c, value, left);
    }
  }
}

/// Where output rows [first, first + count) of the grid start.
INLINE void NAME(place_rows)(const graft_patches *patches, const graft_placement *placement,
                             ptrdiff_t first, ptrdiff_t count, ptrdiff_t *offsets) {
  const ptrdiff_t columns = patches->grid_columns, rows = patches->grid_rows;
  ptrdiff_t x = first % columns, y = first / columns % rows, n = first / columns / rows;
  for (ptrdiff_t i = 0; i < count; i++) {
    ptrdiff_t row = n * placement->output_rows + placement->first_row + y * placement->row_step;
    offsets[i] = (row * placement->output_columns + placement->first_column +
                  x * placement->column_step) *
                 placement->pixel_stride;
    if (++x == columns) {
      x = 0;
      if (++y == rows) y = 0, n++;
    }
  }
}

/// Whether the rows of the left operand can be used where they lie.
INLINE bool NAME(are_used_in_place)(const graft_patches *patches) {
  return NAME(rows_are_pixels)(patches) && !NAME(rows_collide)(patches->pixel_stride);
}

static ptrdiff_t NAME(convolve_group_rows)(const graft_patches *patches) {
  return NAME(are_used_in_place)(patches) ? GROUP_ROWS : GATHERED_ROWS;
}

static ptrdiff_t NAME(convolve_rows_scratch_count)(const graft_patches *patches,
                                                   ptrdiff_t columns) {
  if (NAME(are_used_in_place)(patches)) return 0;
  const ptrdiff_t depth = NAME(patch_depth)(patches);
  const ptrdiff_t panels = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t sums = depth > MAXIMUM_DEPTH ? panels * GATHERED_ROWS * TILE_COLUMNS : 0;
  return GATHERED_ROWS * (NAME(depth_block)(depth) + ROW_PADDING) + sums;
}

static void NAME(convolve_rows)(const graft_patches *patches, const float *packed,
                                ptrdiff_t columns, const graft_placement *placement,
                                const graft_epilogue *epilogue, ptrdiff_t first_row,
                                ptrdiff_t end_row, ptrdiff_t first_column, ptrdiff_t end_column,
                                float *scratch) {
  const bool in_place = NAME(are_used_in_place)(patches);
  const ptrdiff_t depth = NAME(patch_depth)(patches);
  const ptrdiff_t block = in_place ? depth : NAME(depth_block)(depth);
  const ptrdiff_t group_rows = in_place ? GROUP_ROWS : GATHERED_ROWS;
  const ptrdiff_t gathered_stride = block + ROW_PADDING;
  float *sums = scratch + group_rows * gathered_stride;
  ptrdiff_t offsets[GROUP_ROWS];
  tile_arguments tile = {.step_stride = 1, .output = NULL};
  NAME(set_epilogue)(&tile, epilogue);
  if (end_column > columns) end_column = columns;
  for (ptrdiff_t group = first_row; group < end_row; group += group_rows) {
    const ptrdiff_t rows = end_row - group < group_rows ? end_row - group : group_rows;
    NAME(place_rows)(patches, placement, group, rows, offsets);
    ptrdiff_t start = 0;
    do {
      tile.depth = depth - start < block ? depth - start : block;
      const bool is_first = start == 0, is_last = start + tile.depth >= depth;
      const float *left = scratch;
      tile.row_stride = gathered_stride;
      if (in_place) {
        left = patches->input + group * patches->pixel_stride + start;
        tile.row_stride = patches->pixel_stride;
      } else {
        NAME(gather)(patches, group, group + rows, start, start + tile.depth, scratch,
                     gathered_stride);
      }
      for (ptrdiff_t column = first_column; column < end_column; column += TILE_COLUMNS) {
        tile.right = packed + column * depth + start * TILE_COLUMNS;
        tile.columns = columns - column < TILE_COLUMNS ? columns - column : TILE_COLUMNS;
        // After the last panel come those of the next depths.
        tile.next_right = tile.right + TILE_COLUMNS * depth;
        if (column + TILE_COLUMNS >= end_column) {
          tile.next_right = packed + first_column * depth + (start + tile.depth) * TILE_COLUMNS;
          if (is_last) tile.next_right = NULL;
        }
        tile.bias = epilogue->bias ? epilogue->bias + column : NULL;
        tile.residual = epilogue->residual ? epilogue->residual + column : NULL;
        tile.output = placement->output + column;
        float *partial = sums + (column - first_column) * group_rows;
        tile.left = left;
        tile.partial_in = is_first ? NULL : partial;
        tile.partial_out = is_last ? NULL : partial;
        tile.row_offsets = offsets;
        NAME(run_tiles)(&tile, rows);
      }
      start += tile.depth;
    } while (start < depth);
  }
}

// Steps along which a gradient is summed before its sums go back to memory: a panel of both operands
// stays in the first-level cache. Patches are gathered some at a time on their way into panels.
#define GRADIENT_STEPS 256
#define GATHERED_STEPS 16
#define LEFT_PANEL_SIZE (GRADIENT_STEPS * TILE_ROWS + LANES)

static ptrdiff_t NAME(convolve_weight_gradient_scratch_count)(ptrdiff_t depth, ptrdiff_t columns) {
  const ptrdiff_t panels = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t left_panels = (depth + TILE_ROWS - 1) / TILE_ROWS;
  return GATHERED_STEPS * (depth + ROW_PADDING) + left_panels * LEFT_PANEL_SIZE +
         GRADIENT_STEPS * panels * TILE_COLUMNS;
}

/// Cuts rows of `depth` floats into panels of TILE_ROWS columns, [panel][row][column]. Whole vectors run
/// over the end of a panel's row into the next one's place.
INLINE void NAME(pack_left)(const float *rows, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t depth,
                            float *panels) {
  for (ptrdiff_t first = 0; first < depth; first += TILE_ROWS, panels += LEFT_PANEL_SIZE) {
    const float *from = rows + first;
    float *to = panels;
    for (ptrdiff_t row = 0; row < count; row++, from += stride, to += TILE_ROWS) {
      UNROLL for (int v = 0; v < TILE_ROWS; v += LANES) store(to + v, load(from + v));
    }
  }
}

static void NAME(convolve_weight_gradient)(
    const graft_patches *patches, const float *output_gradient, ptrdiff_t gradient_stride,
    float *result, ptrdiff_t columns, ptrdiff_t result_stride, ptrdiff_t first_row,
    ptrdiff_t end_row, ptrdiff_t first_depth, ptrdiff_t end_depth, ptrdiff_t first_column,
    ptrdiff_t end_column, float *scratch) {
  if (end_column > columns) end_column = columns;
  const ptrdiff_t depth = end_depth - first_depth, count = end_column - first_column;
  const ptrdiff_t panels = (count + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const ptrdiff_t left_panels = (depth + TILE_ROWS - 1) / TILE_ROWS;
  const ptrdiff_t gathered_stride = depth + ROW_PADDING;
  const bool is_direct = NAME(rows_are_pixels)(patches) && patches->pixel_stride >= TILE_ROWS + LANES;
  float *left = scratch + GATHERED_STEPS * gathered_stride;
  float *right = left + left_panels * LEFT_PANEL_SIZE;
  ptrdiff_t offsets[TILE_ROWS];
  tile_arguments tile = {.row_stride = 1,
                         .step_stride = TILE_ROWS,
                         .row_offsets = offsets,
                         .lowest = -INFINITY,
                         .highest = INFINITY};
  for (ptrdiff_t i = 0; i < TILE_ROWS; i++) offsets[i] = i * result_stride;
  for (ptrdiff_t start = first_row; start < end_row; start += GRADIENT_STEPS) {
    tile.depth = end_row - start < GRADIENT_STEPS ? end_row - start : GRADIENT_STEPS;
    for (ptrdiff_t step = 0; step < tile.depth; step += GATHERED_STEPS) {
      const ptrdiff_t steps =
          tile.depth - step < GATHERED_STEPS ? tile.depth - step : GATHERED_STEPS;
      // Rows that lie in memory are packed from there; the last ones not, as vectors run over their end.
      if (is_direct && start + step + steps < end_row) {
        const float *rows = patches->input + (start + step) * patches->pixel_stride + first_depth;
        NAME(pack_left)(rows, patches->pixel_stride, steps, depth, left + step * TILE_ROWS);
        continue;
      }
      NAME(gather)(patches, start + step, start + step + steps, first_depth, end_depth, scratch,
                   gathered_stride);
      NAME(pack_left)(scratch, gathered_stride, steps, depth, left + step * TILE_ROWS);
    }
    NAME(gemm_pack)(output_gradient + start * gradient_stride + first_column, gradient_stride, 1,
                    tile.depth, count, 0, panels, right, tile.depth * TILE_COLUMNS);
    for (ptrdiff_t column = 0; column < count; column += TILE_COLUMNS) {
      tile.right = right + column * tile.depth;
      tile.columns = count - column < TILE_COLUMNS ? count - column : TILE_COLUMNS;
      for (ptrdiff_t row = 0; row < depth; row += TILE_ROWS) {
        tile.left = left + row / TILE_ROWS * LEFT_PANEL_SIZE;
        tile.output = result + (first_depth + row) * result_stride + first_column + column;
        tile.residual = start == first_row ? NULL : tile.output;
        NAME(run_tile)(&tile, depth - row < TILE_ROWS ? depth - row : TILE_ROWS);
      }
    }
  }
}
#undef GROUP_ROWS
#undef MAXIMUM_DEPTH
#undef ROW_PADDING
#undef GRADIENT_STEPS
#undef GATHERED_STEPS
#undef LEFT_PANEL_SIZE
#undef GATHERED_ROWS
#undef TILE_COLUMNS
#undef tile_arguments
