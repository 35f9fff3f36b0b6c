// Convolution of stride 1 by Winograd's filtering, for GPUs, in three kernels: the first transforms
// tiles of pixels, the second multiplies them by the transformed kernel at each of the points, in blocks
// of BLOCK tiles by BLOCK channels through local memory, the third transforms the sums back.
//
// Images are N, height, width, channels; the tiles' factors and sums are [point][tile][channel]. The
// kernel is packed by convolution/winograd_pack.cl into panels of BLOCK output channels:
// [point][panel][input channel][BLOCK]. Channels along the first axis, tiles along the second.

#include "common/epilogue.h"
#include "common/winograd.h"

#define GROUP_SIZE 16
#define PER_ITEM 4
#define BLOCK (GROUP_SIZE * PER_ITEM)
#define BLOCK_DEPTH 16

__kernel void winograd_factors(
    const int first_tile, const int tile_count, const int tiles_down, const int tiles_across,
    const int height, const int width, const int channels, const int padding_y, const int padding_x,
    __global const float *restrict source, const int source_offset,
    __global float *restrict factors, const int factors_offset) {
  const int channel = get_global_id(0) * VECTOR_WIDTH, tile = get_global_id(1);
  if (channel >= channels || tile >= tile_count) return;
  const int index = first_tile + tile, image = index / (tiles_down * tiles_across);
  const int row = index / tiles_across % tiles_down * ROW_RESULTS - padding_y;
  const int column = index % tiles_across * COLUMN_RESULTS - padding_x;
  source += source_offset + image * height * width * channels + channel;
  Vector halves[COLUMN_POINTS][ROW_POINTS];
#pragma unroll
  for (int x = 0; x < COLUMN_POINTS; x++) {
    Vector values[ROW_POINTS];
    const int has_column = column + x >= 0 && column + x < width;
#pragma unroll
    for (int y = 0; y < ROW_POINTS; y++) {
      values[y] = 0.0f;
      if (has_column && row + y >= 0 && row + y < height)
        values[y] = LOAD(source + ((row + y) * width + column + x) * channels);
    }
    transform_input(ROW_TAPS, values, halves[x]);
  }
  store_factors(halves, factors + factors_offset + tile * channels + channel, tile_count * channels);
}

__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, GROUP_SIZE, 1))) void winograd_products(
    const int tile_count, const int inputs, const int outputs,
    __global const float *restrict factors, const int factors_offset,
    __global const float *restrict kernel_panels, const int kernel_offset,
    __global float *restrict sums, const int sums_offset) {
  __local float left[BLOCK_DEPTH][BLOCK + 1];
  __local float right[BLOCK_DEPTH][BLOCK];
  const int lane_x = get_local_id(0), lane_y = get_local_id(1);
  const int lane = lane_y * GROUP_SIZE + lane_x;
  const int panel = get_group_id(0), first_tile = get_group_id(1) * BLOCK;
  const int point = get_group_id(2), panels = get_num_groups(0);
  factors += factors_offset + point * tile_count * inputs;
  kernel_panels += kernel_offset + (point * panels + panel) * inputs * BLOCK;

  float totals[PER_ITEM][PER_ITEM];
#pragma unroll
  for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
    for (int j = 0; j < PER_ITEM; j++) totals[i][j] = 0.0f;

  for (int start = 0; start < inputs; start += BLOCK_DEPTH) {
    // Neighbouring work-items read neighbouring channels.
#pragma unroll
    for (int i = 0; i < BLOCK * BLOCK_DEPTH / (GROUP_SIZE * GROUP_SIZE); i++) {
      const int tile = lane_y + i * GROUP_SIZE;
      left[lane_x][tile] = first_tile + tile < tile_count && start + lane_x < inputs
                               ? factors[(first_tile + tile) * inputs + start + lane_x]
                               : 0.0f;
      const int place = i * GROUP_SIZE * GROUP_SIZE + lane;
      right[place / BLOCK][place % BLOCK] =
          start + place / BLOCK < inputs ? kernel_panels[start * BLOCK + place] : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int k = 0; k < BLOCK_DEPTH; k++) {
      float rows[PER_ITEM], columns[PER_ITEM];
#pragma unroll
      for (int i = 0; i < PER_ITEM; i++) {
        rows[i] = left[k][lane_y + i * GROUP_SIZE];
        columns[i] = right[k][lane_x + i * GROUP_SIZE];
      }
#pragma unroll
      for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
        for (int j = 0; j < PER_ITEM; j++)
          totals[i][j] = MULTIPLY_ADD(rows[i], columns[j], totals[i][j]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }

  sums += sums_offset + point * tile_count * outputs;
#pragma unroll
  for (int i = 0; i < PER_ITEM; i++)
#pragma unroll
    for (int j = 0; j < PER_ITEM; j++) {
      const int tile = first_tile + lane_y + i * GROUP_SIZE;
      const int output = panel * BLOCK + lane_x + j * GROUP_SIZE;
      if (tile < tile_count && output < outputs) sums[tile * outputs + output] = totals[i][j];
    }
}

__kernel void winograd_results(
    const int first_tile, const int tile_count, const int tiles_down, const int tiles_across,
    const int height, const int width, const int channels, __global const float *restrict sums,
    const int sums_offset, BIAS_PARAMETER RESIDUAL_PARAMETER
    __global float *result, const int result_offset) {
  const int channel = get_global_id(0) * VECTOR_WIDTH, tile = get_global_id(1);
  if (channel >= channels || tile >= tile_count) return;
  const int position = first_tile + tile, image = position / (tiles_down * tiles_across);
  const int row = position / tiles_across % tiles_down * ROW_RESULTS;
  const int column = position % tiles_across * COLUMN_RESULTS;
  Vector results[ROW_RESULTS][COLUMN_RESULTS];
  load_results(sums + sums_offset + tile * channels + channel, tile_count * channels, results);
#pragma unroll
  for (int y = 0; y < ROW_RESULTS; y++)
#pragma unroll
    for (int x = 0; x < COLUMN_RESULTS; x++)
      if (row + y < height && column + x < width) {
        const int index = ((image * height + row + y) * width + column + x) * channels + channel;
        Vector value;
        FINISH(results[y][x], channel, index, value);
        STORE(value, result + result_offset + index);
      }
}
