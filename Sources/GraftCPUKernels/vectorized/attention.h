#include "exponential.h"
#include "activation_values.h"
#include "gemm_tile.h"

// A block of queries at a time: their weights for all keys stay in the second-level cache, and are
// never stored for the whole of a head.
#define WEIGHTS_IN_CACHE 24576
#define ROUNDED(count) (((count) + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS)
#define MOST_ROWS 240

/// The queries of a block, evenly cut.
INLINE ptrdiff_t NAME(attention_block)(const graft_attention *shape) {
  ptrdiff_t most = WEIGHTS_IN_CACHE / ROUNDED(shape->keys);
  if (most > MOST_ROWS) most = MOST_ROWS;
  if (most < TILE_ROWS) most = TILE_ROWS;
  const ptrdiff_t blocks = (shape->queries + most - 1) / most;
  return (shape->queries + blocks - 1) / blocks;
}

#if LANES == 16
#define LOW_HALVES(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_HALVES(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LANES == 8
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

/// Transposes LANES x LANES floats: each round interleaves the rows of both halves.
INLINE void NAME(transpose_square)(const float *from, ptrdiff_t stride, float *to) {
  vec rows[LANES], mixed[LANES];
  UNROLL for (int i = 0; i < LANES; i++) rows[i] = load(from + i * stride);
  UNROLL for (int round = 1; round < LANES; round *= 2) {
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      mixed[2 * i] = LOW_HALVES(rows[i], rows[i + LANES / 2]);
      mixed[2 * i + 1] = HIGH_HALVES(rows[i], rows[i + LANES / 2]);
    }
    UNROLL for (int i = 0; i < LANES; i++) rows[i] = mixed[i];
  }
  UNROLL for (int i = 0; i < LANES; i++) store(to + i * TILE_COLUMNS, rows[i]);
}
#undef LOW_HALVES
#undef HIGH_HALVES

/// Packs the transpose of `count` rows of `depth` floats into panels, [panel][depth][row].
static void NAME(pack_transposed)(const float *rows, ptrdiff_t stride, ptrdiff_t count,
                                  ptrdiff_t depth, float *packed) {
  for (ptrdiff_t first = 0; first < count; first += LANES) {
    const float *from = rows + first * stride;
    float *to = packed + first / TILE_COLUMNS * TILE_COLUMNS * depth + first % TILE_COLUMNS;
    ptrdiff_t k = 0;
    if (count - first >= LANES) {
      for (; k + LANES <= depth; k += LANES) {
        NAME(transpose_square)(from + k, stride, to + k * TILE_COLUMNS);
      }
    }
    for (; k < depth; k++) {
      for (ptrdiff_t j = 0; j < LANES; j++) {
        to[k * TILE_COLUMNS + j] = first + j < count ? from[j * stride + k] : 0;
      }
    }
  }
  // The rest of the last panel.
  for (ptrdiff_t first = (count + LANES - 1) / LANES * LANES; first < ROUNDED(count);
       first += LANES) {
    float *to = packed + first / TILE_COLUMNS * TILE_COLUMNS * depth + first % TILE_COLUMNS;
    for (ptrdiff_t k = 0; k < depth; k++) store(to + k * TILE_COLUMNS, (vec)0);
  }
}

/// Packs `count` rows of `depth` floats as they are, [panel][row][depth].
static void NAME(pack_plain)(const float *rows, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t depth,
                             float factor, float *packed) {
  for (ptrdiff_t column = 0; column < depth; column += LANES) {
    const ptrdiff_t panel = column / TILE_COLUMNS * TILE_COLUMNS;
    float *to = packed + panel * count + column - panel;
    const float *from = rows + column;
    for (ptrdiff_t row = 0; row < count; row++, from += stride, to += TILE_COLUMNS) {
      store(to, load_some(from, depth - column) * factor);
    }
  }
}

/// A product of matrices: element (row, step) of the left one is left[row · row_stride + step ·
/// step_stride], the right one is packed.
typedef struct {
  const float *left;
  ptrdiff_t row_stride, step_stride;
  const float *packed;
  ptrdiff_t rows, depth, columns;
  float *results;
  ptrdiff_t result_stride;
  bool adds;
} NAME(block_product);
#define block_product NAME(block_product)

static void NAME(multiply)(const block_product *product) {
  ptrdiff_t offsets[MOST_ROWS];
  tile_arguments tile = {.row_stride = product->row_stride,
                         .step_stride = product->step_stride,
                         .depth = product->depth,
                         .row_offsets = offsets,
                         .lowest = -INFINITY,
                         .highest = INFINITY};
  for (ptrdiff_t first = 0; first < product->rows; first += MOST_ROWS) {
    ptrdiff_t rows = product->rows - first < MOST_ROWS ? product->rows - first : MOST_ROWS;
    for (ptrdiff_t i = 0; i < rows; i++) offsets[i] = (first + i) * product->result_stride;
    tile.left = product->left + first * product->row_stride;
    for (ptrdiff_t column = 0; column < product->columns; column += TILE_COLUMNS) {
      const ptrdiff_t left = product->columns - column;
      tile.right = product->packed + column * product->depth;
      tile.columns = left < TILE_COLUMNS ? left : TILE_COLUMNS;
      tile.output = product->results + column;
      tile.residual = product->adds ? tile.output : NULL;
      NAME(run_tiles)(&tile, rows);
    }
  }
}

/// The softmax of rows of scores, over the keys that the mask keeps.
static void NAME(weigh)(float *scores, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t keys,
                        const float *mask) {
  for (ptrdiff_t row = 0; row < rows; row++, scores += stride) {
    vec best = -INFINITY;
    for (ptrdiff_t j = 0; j < keys; j += LANES) {
      vec score = load_some(scores + j, keys - j);
      if (mask) score = load_some(mask + j, keys - j) == 0 ? (vec)-INFINITY : score;
      store_some(scores + j, score, keys - j);
      for (ptrdiff_t lane = keys - j; lane < LANES; lane++) score[lane] = -INFINITY;
      best = at_least(score, best);
    }
    float maximum = best[0];
    for (int lane = 1; lane < LANES; lane++) maximum = best[lane] > maximum ? best[lane] : maximum;
    vec sums = 0;
    for (ptrdiff_t j = 0; j < keys; j += LANES) {
      const vec score = load_some(scores + j, keys - j);
      vec weight = exponential(score - maximum);
      weight = score == -INFINITY ? (vec)0 : weight;
      store_some(scores + j, weight, keys - j);
      for (ptrdiff_t lane = keys - j; lane < LANES; lane++) weight[lane] = 0;
      sums += weight;
    }
    const float sum = sum_of_lanes(sums), factor = sum == 0 ? 0 : 1 / sum;
    for (ptrdiff_t j = 0; j < keys; j++) scores[j] *= factor;
  }
}

/// What both directions need of one head.
typedef struct {
  ptrdiff_t block, stride;
  float *query, *key_columns, *weights, *end;
} NAME(attention_scratch);
#define attention_scratch NAME(attention_scratch)

INLINE ptrdiff_t NAME(common_scratch_count)(const graft_attention *shape) {
  const ptrdiff_t block = NAME(attention_block)(shape), stride = ROUNDED(shape->keys);
  return block * (ROUNDED(shape->depth) + stride) + stride * shape->depth;
}

INLINE attention_scratch NAME(cut_scratch)(const graft_attention *shape, float *scratch) {
  attention_scratch parts = {.block = NAME(attention_block)(shape),
                                   .stride = ROUNDED(shape->keys)};
  parts.query = scratch;
  parts.key_columns = parts.query + parts.block * ROUNDED(shape->depth);
  parts.weights = parts.key_columns + parts.stride * shape->depth;
  parts.end = parts.weights + parts.block * parts.stride;
  return parts;
}

/// The weights of `rows` queries for all keys.
static void NAME(weights_of_queries)(const graft_attention *shape, const float *query,
                                     const float *mask, ptrdiff_t rows,
                                     const attention_scratch *parts) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    for (ptrdiff_t k = 0; k < shape->depth; k++) {
      parts->query[row * shape->depth + k] = query[row * shape->row_stride + k] * shape->scale;
    }
  }
  block_product scores = {.left = parts->query, .row_stride = shape->depth, .step_stride = 1,
            .packed = parts->key_columns, .rows = rows, .depth = shape->depth,
            .columns = shape->keys, .results = parts->weights, .result_stride = parts->stride};
  NAME(multiply)(&scores);
  NAME(weigh)(parts->weights, parts->stride, rows, shape->keys, mask);
}

static ptrdiff_t NAME(attention_scratch_count)(const graft_attention *shape) {
  return NAME(common_scratch_count)(shape) + shape->keys * ROUNDED(shape->depth);
}

static void NAME(attention_head)(const graft_attention *shape, const float *query,
                                 const float *keys, const float *values, const float *mask,
                                 float *results, float *scratch) {
  const attention_scratch parts = NAME(cut_scratch)(shape, scratch);
  const ptrdiff_t stride = shape->row_stride;
  float *value_rows = parts.end;
  NAME(pack_transposed)(keys, stride, shape->keys, shape->depth, parts.key_columns);
  NAME(pack_plain)(values, stride, shape->keys, shape->depth, 1, value_rows);
  for (ptrdiff_t first = 0; first < shape->queries; first += parts.block) {
    ptrdiff_t rows = shape->queries - first < parts.block ? shape->queries - first : parts.block;
    NAME(weights_of_queries)(shape, query + first * stride, mask, rows, &parts);
    block_product sums = {.left = parts.weights, .row_stride = parts.stride, .step_stride = 1,
            .packed = value_rows, .rows = rows, .depth = shape->keys, .columns = shape->depth,
            .results = results + first * stride, .result_stride = stride};
    NAME(multiply)(&sums);
  }
}

static ptrdiff_t NAME(attention_gradient_scratch_count)(const graft_attention *shape) {
  const ptrdiff_t depth = ROUNDED(shape->depth), stride = ROUNDED(shape->keys);
  return NAME(common_scratch_count)(shape) + NAME(attention_block)(shape) * (stride + 2 * depth) +
         stride * shape->depth + shape->keys * depth;
}

/// weights · (gradients - Σ weights · gradients), row by row, in place of the gradients.
static void NAME(weigh_gradients)(const float *weights, float *gradients, ptrdiff_t stride,
                                  ptrdiff_t rows, ptrdiff_t keys) {
  for (ptrdiff_t row = 0; row < rows; row++, weights += stride, gradients += stride) {
    vec sums = 0;
    for (ptrdiff_t j = 0; j < keys; j += LANES) {
      sums += load_some(weights + j, keys - j) * load_some(gradients + j, keys - j);
    }
    const float sum = sum_of_lanes(sums);
    for (ptrdiff_t j = 0; j < keys; j++) gradients[j] = weights[j] * (gradients[j] - sum);
  }
}

/// What the gradients of one head read beside the operands.
typedef struct {
  float *slopes, *gradient_rows, *query_rows, *value_columns, *key_rows;
} NAME(gradient_scratch);
#define gradient_scratch NAME(gradient_scratch)

/// The gradients of a block of queries, and what it adds to those of keys and values.
static void NAME(attention_block_gradient)(const graft_attention *shape, ptrdiff_t rows,
                                           const float *gradient, const attention_scratch *parts,
                                           const gradient_scratch *own, float *query_gradient,
                                           float *key_gradient, float *value_gradient, bool adds) {
  const ptrdiff_t stride = shape->row_stride, count = shape->keys, depth = shape->depth;
  block_product of_weights = {.left = gradient, .row_stride = stride, .step_stride = 1,
                              .packed = own->value_columns, .rows = rows, .depth = depth,
                              .columns = count, .results = own->slopes,
                              .result_stride = parts->stride};
  NAME(multiply)(&of_weights);
  NAME(weigh_gradients)(parts->weights, own->slopes, parts->stride, rows, count);
  block_product of_query = {.left = own->slopes, .row_stride = parts->stride, .step_stride = 1,
                            .packed = own->key_rows, .rows = rows, .depth = count,
                            .columns = depth, .results = query_gradient, .result_stride = stride};
  NAME(multiply)(&of_query);
  block_product of_values = {.left = parts->weights, .row_stride = 1,
                             .step_stride = parts->stride, .packed = own->gradient_rows,
                             .rows = count, .depth = rows, .columns = depth,
                             .results = value_gradient, .result_stride = stride, .adds = adds};
  NAME(multiply)(&of_values);
  of_values.left = own->slopes;
  of_values.packed = own->query_rows;
  of_values.results = key_gradient;
  NAME(multiply)(&of_values);
}

static void NAME(attention_head_gradient)(const graft_attention *shape, const float *query,
                                          const float *keys, const float *values,
                                          const float *mask, const float *gradient,
                                          float *query_gradient, float *key_gradient,
                                          float *value_gradient, float *scratch) {
  const attention_scratch parts = NAME(cut_scratch)(shape, scratch);
  const ptrdiff_t stride = shape->row_stride, count = shape->keys, depth = shape->depth;
  gradient_scratch own = {.slopes = parts.end};
  own.gradient_rows = own.slopes + parts.block * parts.stride;
  own.query_rows = own.gradient_rows + parts.block * ROUNDED(depth);
  own.value_columns = own.query_rows + parts.block * ROUNDED(depth);
  own.key_rows = own.value_columns + parts.stride * depth;
  NAME(pack_transposed)(keys, stride, count, depth, parts.key_columns);
  NAME(pack_transposed)(values, stride, count, depth, own.value_columns);
  NAME(pack_plain)(keys, stride, count, depth, shape->scale, own.key_rows);
  for (ptrdiff_t first = 0; first < shape->queries; first += parts.block) {
    ptrdiff_t rows = shape->queries - first < parts.block ? shape->queries - first : parts.block;
    const ptrdiff_t place = first * stride;
    NAME(weights_of_queries)(shape, query + place, mask, rows, &parts);
    NAME(pack_plain)(query + place, stride, rows, depth, shape->scale, own.query_rows);
    NAME(pack_plain)(gradient + place, stride, rows, depth, 1, own.gradient_rows);
    NAME(attention_block_gradient)(shape, rows, gradient + place, &parts, &own,
                                   query_gradient + place, key_gradient, value_gradient,
                                   first > 0);
  }
}
#undef gradient_scratch
#undef WEIGHTS_IN_CACHE
#undef ROUNDED
#undef MOST_ROWS
#undef block_product
#undef attention_scratch
#undef TILE_COLUMNS
#undef tile_arguments
