// Convolution of stride 1 by Winograd's filtering, for CPU devices: one work-item transforms a block of
// tiles of pixels, multiplies them by the transformed kernel in register tiles of ROWS by two vectors, and
// transforms the sums back, all in scratch memory of its own that stays in the cache.
//
// Images are N, height, width, channels; counts of channels are multiples of VECTOR_WIDTH. The kernel
// is packed by convolution/winograd_pack.cl: [point][panel][input channel][PANEL]. The work-items take
// equal shares of all pairs of a block and a panel, block by block.

#include "common/epilogue.h"
#include "common/winograd_pixels.h"

#ifndef ROWS
#define ROWS 6
#endif
#define PANEL (2 * VECTOR_WIDTH)
// The most tiles transformed together, a multiple of ROWS, and the panels multiplied before sums are
// transformed.
#ifndef BLOCK_TILES
#define BLOCK_TILES 48
#endif
#ifndef BLOCK_PANELS
#define BLOCK_PANELS 2
#endif
// What keeps rows of scratch memory, and the planes of the points, from falling into the same part of a
// cache.
#define ROW_PADDING 16
#define PLANE_PADDING 16

// Multiplies the transformed pixels of BLOCK_TILES tiles by one panel at one point, and fetches the next
// panel meanwhile, a part with each register tile.
void multiply_point(
    __global const float *factors, const int row_stride, const int channels,
    __global const float *panel, __global const float *next_panel, const int tiles,
    __global float *target) {
  const int passes = (tiles + ROWS - 1) / ROWS, fetched = (PANEL + passes - 1) / passes;
  for (int row = 0; row < tiles; row += ROWS) {
    Vector sums[ROWS][2];
#pragma unroll
    for (int i = 0; i < ROWS; i++) sums[i][0] = sums[i][1] = 0.0f;
    __global const float *rows = factors + row * row_stride, *weights = panel;
    for (int c = 0; c < channels; c++) {
      const Vector w0 = LOAD(weights), w1 = LOAD(weights + VECTOR_WIDTH);
      weights += PANEL;
      FETCH(next_panel);
      next_panel += fetched;
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
        const Vector value = (Vector)(rows[i * row_stride + c]);
        sums[i][0] = MULTIPLY_ADD(value, w0, sums[i][0]);
        sums[i][1] = MULTIPLY_ADD(value, w1, sums[i][1]);
      }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      STORE(sums[i][0], target + (row + i) * PANEL);
      STORE(sums[i][1], target + (row + i) * PANEL + VECTOR_WIDTH);
    }
  }
}

__kernel void winograd_tile(
    const int tile_count, const int tiles_down, const int tiles_across, const int tiles_per_block,
    const int scratch_stride,
    const int source_height, const int source_width, const int source_channels,
    const int target_height, const int target_width, const int target_channels,
    const int padding_y, const int padding_x,
    __global const float *restrict source, const int source_offset,
    __global const float *restrict kernel_panels, const int kernel_offset,
    __global float *restrict scratch, const int scratch_offset, BIAS_PARAMETER RESIDUAL_PARAMETER
    __global float *target, const int target_offset) {
  const int item = get_global_id(0), items = get_global_size(0);
  const int row_stride = source_channels + ROW_PADDING, plane = BLOCK_TILES * row_stride + PLANE_PADDING;
  const int panels = (target_channels + PANEL - 1) / PANEL;
  const int sums_plane = BLOCK_PANELS * BLOCK_TILES * PANEL + PLANE_PADDING;
  __global float *factors = scratch + scratch_offset + item * scratch_stride;
  __global float *sums = factors + POINTS * plane;
  __global const float *panels_of_points = kernel_panels + kernel_offset;
  source += source_offset;
  const long pairs = (long)((tile_count + tiles_per_block - 1) / tiles_per_block) * panels;
  const int last_pair = (int)(pairs * (item + 1) / items);
  for (int pair = (int)(pairs * item / items); pair < last_pair;) {
    const int first_tile = pair / panels * tiles_per_block, first_panel = pair % panels;
    const int tiles = min(tile_count - first_tile, tiles_per_block);
    const int last_panel = min(first_panel + last_pair - pair, panels);
    pair += last_panel - first_panel;
    for (int i = 0; i < tiles; i++) {
      const int tile = first_tile + i, image = tile / (tiles_down * tiles_across);
      const int row = tile / tiles_across % tiles_down * ROW_RESULTS - padding_y;
      const int column = tile % tiles_across * COLUMN_RESULTS - padding_x;
      transform_tile(
          source + image * source_height * source_width * source_channels, source_height,
          source_width, source_channels, row, column, source_channels, factors + i * row_stride,
          plane);
    }
    for (int panel = first_panel; panel < last_panel; panel += BLOCK_PANELS) {
      const int panel_count = min(last_panel - panel, BLOCK_PANELS);
      for (int point = 0; point < POINTS; point++)
        for (int i = 0; i < panel_count; i++) {
          // After a block's last panel comes its first one at the next point, then the next block.
          const int is_last = i + 1 == panel_count, at_end = is_last && point + 1 == POINTS;
          const int next_point = at_end ? 0 : is_last ? point + 1 : point;
          const int next = at_end ? min(panel + panel_count, panels - 1) : is_last ? panel : panel + i + 1;
          multiply_point(
              factors + point * plane, row_stride, source_channels,
              panels_of_points + (point * panels + panel + i) * source_channels * PANEL,
              panels_of_points + (next_point * panels + next) * source_channels * PANEL, tiles,
              sums + point * sums_plane + i * BLOCK_TILES * PANEL);
        }
      for (int i = 0; i < tiles; i++) {
        const int tile = first_tile + i, image = tile / (tiles_down * tiles_across);
        const int row = tile / tiles_across % tiles_down * ROW_RESULTS;
        const int column = tile % tiles_across * COLUMN_RESULTS;
        const int first_channel = panel * PANEL;
        const int last_channel = min(first_channel + panel_count * PANEL, target_channels);
        for (int channel = first_channel; channel < last_channel; channel += VECTOR_WIDTH) {
          const int shift = channel - first_channel;
          __global const float *from =
              sums + (shift / PANEL * BLOCK_TILES + i) * PANEL + shift % PANEL;
          Vector results[ROW_RESULTS][COLUMN_RESULTS];
          load_results(from, sums_plane, results);
#pragma unroll
          for (int y = 0; y < ROW_RESULTS; y++)
#pragma unroll
            for (int x = 0; x < COLUMN_RESULTS; x++)
              if (row + y < target_height && column + x < target_width) {
                const int index = ((image * target_height + row + y) * target_width + column + x) *
                                      target_channels + channel;
                Vector value;
                FINISH(results[y][x], channel, index, value);
                STORE(value, target + target_offset + index);
              }
        }
      }
    }
  }
}
