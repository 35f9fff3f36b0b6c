#include "exponential.h"
#include "activation_values.h"
#include "gemm_tile.h"
#include "winograd_tiles.h"

// The filter of 3x3 kernels, and its points.
#define FILTER winograd_filter_of(3, 3)
#define POINTS 36
// Input channels of one block, a multiple of LANES and TILE_ROWS, and the most output channels.
#define BLOCK_INPUTS 48
#define BLOCK_OUTPUTS 64
#define MAXIMUM_DEPTH 256

static ptrdiff_t NAME(winograd_gradient_block_inputs)(void) { return BLOCK_INPUTS; }
static ptrdiff_t NAME(winograd_gradient_block_outputs)(void) { return BLOCK_OUTPUTS; }

INLINE ptrdiff_t NAME(padded_inputs)(const graft_winograd *shape) {
  return (shape->input_channels + BLOCK_INPUTS - 1) / BLOCK_INPUTS * BLOCK_INPUTS;
}

INLINE ptrdiff_t NAME(padded_outputs)(const graft_winograd *shape) {
  return (shape->output_channels + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
}

static ptrdiff_t NAME(winograd_gradient_factor_count)(const graft_winograd *shape) {
  return POINTS * (NAME(padded_inputs)(shape) + NAME(padded_outputs)(shape));
}

static ptrdiff_t NAME(winograd_gradient_scratch_count)(void) {
  return POINTS * BLOCK_INPUTS * BLOCK_OUTPUTS;
}

/// Transforms the gradients of one tile's outputs, for `count` channels; what lies beside the output
/// counts as zero. Whole vectors are stored.
INLINE void NAME(transform_gradients)(const graft_winograd *shape, const float *gradient,
                                      winograd_place place, ptrdiff_t count, float *to,
                                      ptrdiff_t plane) {
  const ptrdiff_t channels = shape->output_channels, line = shape->output_columns * channels;
  const float *from =
      gradient + (place.image * shape->output_rows + place.row) * line + place.column * channels;
  const ptrdiff_t rows = shape->output_rows - place.row;
  const ptrdiff_t columns = shape->output_columns - place.column;
  for (ptrdiff_t c = 0; c < count; c += LANES) {
    vec lines[4][6];
    UNROLL for (int x = 0; x < 4; x++) {
      vec values[4];
      UNROLL for (int y = 0; y < 4; y++) {
        values[y] =
            x < columns && y < rows ? load_some(from + y * line + x * channels + c, count - c) : (vec)0;
      }
      NAME(transform_output_gradient)(FILTER.rows, values, lines[x]);
    }
    UNROLL for (int y = 0; y < 6; y++) {
      const vec values[4] = {lines[0][y], lines[1][y], lines[2][y], lines[3][y]};
      vec factors[6];
      NAME(transform_output_gradient)(FILTER.rows, values, factors);
      UNROLL for (int x = 0; x < 6; x++) store(to + (6 * y + x) * plane + c, factors[x]);
    }
  }
}

static void NAME(winograd_gradient_factors)(const graft_winograd *shape, const float *gradient,
                                            ptrdiff_t first_tile, ptrdiff_t first, ptrdiff_t end,
                                            ptrdiff_t capacity, float *factors) {
  const ptrdiff_t inputs = NAME(padded_inputs)(shape), outputs = NAME(padded_outputs)(shape);
  float *right = factors + POINTS * inputs * capacity;
  for (ptrdiff_t i = first; i < end; i++) {
    for (ptrdiff_t c = 0; c < shape->input_channels; c += BLOCK_INPUTS) {
      const ptrdiff_t left = shape->input_channels - c;
      NAME(transform_tile)(FILTER, NAME(transform_3x3), shape, first_tile + i, c,
                           left < BLOCK_INPUTS ? left : BLOCK_INPUTS,
                           factors + c * capacity + i * BLOCK_INPUTS, inputs * capacity);
    }
    const winograd_place place = NAME(tile_place)(FILTER, shape, first_tile + i);
    for (ptrdiff_t c = 0; c < shape->output_channels; c += TILE_COLUMNS) {
      const ptrdiff_t left = shape->output_channels - c;
      NAME(transform_gradients)(shape, gradient + c, place, left < TILE_COLUMNS ? left : TILE_COLUMNS,
                                right + c * capacity + i * TILE_COLUMNS, outputs * capacity);
    }
  }
}

/// Turns the sums of one vector of output channels into the gradients of their taps.
INLINE void NAME(finish_taps)(const float *sums, ptrdiff_t plane, ptrdiff_t count, bool adds,
                              float *result, ptrdiff_t tap_stride) {
  vec columns[6][3];
  UNROLL for (int x = 0; x < 6; x++) {
    vec values[6];
    UNROLL for (int y = 0; y < 6; y++) values[y] = load(sums + (6 * y + x) * plane);
    NAME(transform_kernel_gradient)(FILTER.rows, values, columns[x]);
  }
  UNROLL for (int y = 0; y < 3; y++) {
    const vec values[6] = {columns[0][y], columns[1][y], columns[2][y],
                           columns[3][y], columns[4][y], columns[5][y]};
    vec taps[3];
    NAME(transform_kernel_gradient)(FILTER.rows, values, taps);
    UNROLL for (int x = 0; x < 3; x++) {
      float *to = result + (3 * y + x) * tap_stride;
      store_some(to, adds ? load_some(to, count) + taps[x] : taps[x], count);
    }
  }
}

static void NAME(winograd_gradient_products)(const graft_winograd *shape, const float *factors,
                                             ptrdiff_t capacity, ptrdiff_t count,
                                             ptrdiff_t first_input, ptrdiff_t first_output,
                                             bool adds, float *result, float *scratch) {
  const ptrdiff_t inputs = NAME(padded_inputs)(shape), outputs = NAME(padded_outputs)(shape);
  const ptrdiff_t input_count = shape->input_channels - first_input < BLOCK_INPUTS
                                    ? shape->input_channels - first_input
                                    : BLOCK_INPUTS;
  const ptrdiff_t end_output = shape->output_channels - first_output < BLOCK_OUTPUTS
                                   ? shape->output_channels
                                   : first_output + BLOCK_OUTPUTS;
  const float *right = factors + POINTS * inputs * capacity;
  const ptrdiff_t plane = BLOCK_INPUTS * BLOCK_OUTPUTS;
  tile_arguments tile = {.row_stride = 1, .step_stride = BLOCK_INPUTS};
  for (int point = 0; point < POINTS; point++) {
    for (ptrdiff_t c = first_output; c < end_output; c += TILE_COLUMNS) {
      float *sums = scratch + point * plane + (c - first_output) * BLOCK_INPUTS;
      tile.columns = end_output - c < TILE_COLUMNS ? end_output - c : TILE_COLUMNS;
      for (ptrdiff_t depth = 0; depth < count; depth += MAXIMUM_DEPTH) {
        tile.depth = count - depth < MAXIMUM_DEPTH ? count - depth : MAXIMUM_DEPTH;
        tile.left = factors + (point * inputs + first_input) * capacity + depth * BLOCK_INPUTS;
        tile.right = right + (point * outputs + c) * capacity + depth * TILE_COLUMNS;
        tile.partial_out = sums;
        tile.partial_in = depth == 0 ? NULL : sums;
        NAME(run_tiles)(&tile, input_count);
      }
    }
  }
  const ptrdiff_t tap_stride = shape->input_channels * shape->output_channels;
  for (ptrdiff_t i = 0; i < input_count; i++) {
    for (ptrdiff_t c = first_output; c < end_output; c += LANES) {
      const ptrdiff_t panel = (c - first_output) / TILE_COLUMNS * TILE_COLUMNS;
      const float *sums =
          scratch + panel * BLOCK_INPUTS + i * TILE_COLUMNS + (c - first_output - panel);
      NAME(finish_taps)(sums, plane, end_output - c, adds,
                        result + (first_input + i) * shape->output_channels + c, tap_stride);
    }
  }
}
#undef FILTER
#undef POINTS
#undef BLOCK_INPUTS
#undef BLOCK_OUTPUTS
#undef MAXIMUM_DEPTH
#undef TILE_COLUMNS
#undef tile_arguments
#undef winograd_place
