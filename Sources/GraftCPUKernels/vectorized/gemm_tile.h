// The register tile: TILE_ROWS x (TILE_VECTORS · LANES) sums, kept in registers over the depth.

#define TILE_COLUMNS (TILE_VECTORS * LANES)

/// One tile of a product and what becomes of its sums.
typedef struct {
  /// Element (row r, step k) of the left operand is left[r * row_stride + k * step_stride].
  const float *left;
  ptrdiff_t row_stride, step_stride;
  /// Element (step k, column j) of the right operand is right[k * TILE_COLUMNS + j].
  const float *right;
  /// What is to be fetched meanwhile, or null: with tiles one below the other, as many elements as one of
  /// them reads of the right operand, some at each step.
  const float *next_right;
  ptrdiff_t fetched_count;
  ptrdiff_t depth, columns;
  /// Sums of the depths before, [TILE_ROWS][TILE_COLUMNS], or null.
  const float *partial_in;
  /// Where unfinished sums go, or null if they are finished.
  float *partial_out;
  float *output;
  /// Where each row of the output (and of the residual) starts.
  const ptrdiff_t *row_offsets;
  const float *bias, *residual;
  /// The sums are kept within these bounds: ReLU and ReLU6.
  float lowest, highest;
  /// What the bounds cannot express.
  graft_activation activation;
  float slope;
} NAME(tile);
#define tile_arguments NAME(tile)

INLINE void NAME(set_epilogue)(tile_arguments *tile, const graft_epilogue *epilogue) {
  graft_activation activation = epilogue->activation;
  bool bounded = activation == GRAFT_RELU || activation == GRAFT_RELU6;
  tile->lowest = bounded ? 0 : -INFINITY;
  tile->highest = activation == GRAFT_RELU6 ? 6 : INFINITY;
  tile->activation = bounded ? GRAFT_IDENTITY : activation;
  tile->slope = epilogue->slope;
}

/// Finishes sums that lie in memory: for tiles with fewer columns than registers.
static void NAME(finish_partial_tile)(const tile_arguments *tile, int rows, const float *sums) {
  for (int row = 0; row < rows; row++) {
    ptrdiff_t offset = tile->row_offsets[row];
    for (ptrdiff_t column = 0; column < tile->columns; column += LANES) {
      ptrdiff_t left = tile->columns - column;
      vec value = load(sums + row * TILE_COLUMNS + column);
      if (tile->bias) value += load_some(tile->bias + column, left);
      if (tile->residual) value += load_some(tile->residual + offset + column, left);
      value = at_most(at_least(value, (vec)tile->lowest), (vec)tile->highest);
      store_some(tile->output + offset + column, value, left);
    }
  }
}

static void NAME(activate_tile)(const tile_arguments *tile, int rows) {
  for (int row = 0; row < rows; row++) {
    float *output = tile->output + tile->row_offsets[row];
    for (ptrdiff_t column = 0; column < tile->columns; column += LANES) {
      vec value = load_some(output + column, tile->columns - column);
      value = activation_value(tile->activation, tile->slope, value);
      store_some(output + column, value, tile->columns - column);
    }
  }
}

INLINE void NAME(compute_tile)(const tile_arguments *tile, const int rows, const int vectors) {
  vec sum[TILE_ROWS][TILE_VECTORS];
  const float *partial = tile->partial_in;
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      sum[row][v] = partial ? load(partial + row * TILE_COLUMNS + v * LANES) : (vec)0;
    }
  }
  const float *right = tile->right;
  // Without anything to fetch, what is there already.
  const float *next_right = tile->next_right ? tile->next_right : right;
  const ptrdiff_t fetched_count = tile->fetched_count;
  const ptrdiff_t row_stride = tile->row_stride, step_stride = tile->step_stride;
  // A pointer for every third row, the others by indexing: few registers and no chain of sums.
  const float *left[(TILE_ROWS + 2) / 3];
  UNROLL for (int third = 0; third < (rows + 2) / 3; third++) {
    left[third] = tile->left + 3 * third * row_stride;
    __asm__("" : "+r"(left[third]));
  }
  for (ptrdiff_t step = tile->depth; step > 0; step--) {
    vec factor[TILE_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) factor[v] = load(right + v * LANES);
    UNROLL for (int row = 0; row < rows; row++) {
      vec value = left[row / 3][row % 3 * row_stride];
      UNROLL for (int v = 0; v < vectors; v++) sum[row][v] += value * factor[v];
    }
    UNROLL for (int third = 0; third < (rows + 2) / 3; third++) left[third] += step_stride;
    right += TILE_COLUMNS;
    __builtin_prefetch(next_right, 0, 2);
    next_right += fetched_count;
  }
  float *partial_out = tile->partial_out;
  if (partial_out) {
    UNROLL for (int row = 0; row < rows; row++) {
      UNROLL for (int v = 0; v < vectors; v++) {
        store(partial_out + row * TILE_COLUMNS + v * LANES, sum[row][v]);
      }
    }
    return;
  }
  if (tile->columns == vectors * LANES) {
    vec lowest = tile->lowest, highest = tile->highest;
    if (tile->bias) {
      UNROLL for (int v = 0; v < vectors; v++) {
        vec bias = load(tile->bias + v * LANES);
        UNROLL for (int row = 0; row < rows; row++) sum[row][v] += bias;
      }
    }
    // All loads come before the first store, which may go to the same memory.
    if (tile->residual) {
      UNROLL for (int row = 0; row < rows; row++) {
        const float *residual = tile->residual + tile->row_offsets[row];
        UNROLL for (int v = 0; v < vectors; v++) sum[row][v] += load(residual + v * LANES);
      }
    }
    UNROLL for (int row = 0; row < rows; row++) {
      float *output = tile->output + tile->row_offsets[row];
      UNROLL for (int v = 0; v < vectors; v++) {
        store(output + v * LANES, at_most(at_least(sum[row][v], lowest), highest));
      }
    }
  } else {
    float sums[TILE_ROWS * TILE_COLUMNS];
    UNROLL for (int row = 0; row < rows; row++) {
      UNROLL for (int v = 0; v < vectors; v++) {
        store(sums + row * TILE_COLUMNS + v * LANES, sum[row][v]);
      }
    }
    NAME(finish_partial_tile)(tile, rows, sums);
  }
  if (tile->activation != GRAFT_IDENTITY) NAME(activate_tile)(tile, rows);
}

#define TILE_CASE(rows)                                          \
  static void NAME(tile_##rows##_wide)(const tile_arguments *t) { \
    NAME(compute_tile)(t, rows, TILE_VECTORS);                   \
  }                                                              \
  static void NAME(tile_##rows##_narrow)(const tile_arguments *t) { \
    NAME(compute_tile)(t, rows, 1);                              \
  }
TILE_CASE(1)
TILE_CASE(2)
TILE_CASE(3)
TILE_CASE(4)
TILE_CASE(5)
TILE_CASE(6)
#if TILE_ROWS >= 8
TILE_CASE(7)
TILE_CASE(8)
#endif
#if TILE_ROWS >= 12
TILE_CASE(9)
TILE_CASE(10)
TILE_CASE(11)
TILE_CASE(12)
#endif
#undef TILE_CASE

#define TILE_ENTRY(rows) {NAME(tile_##rows##_narrow), NAME(tile_##rows##_wide)}
static void (*const NAME(tiles)[TILE_ROWS][2])(const tile_arguments *) = {
    TILE_ENTRY(1), TILE_ENTRY(2),  TILE_ENTRY(3),  TILE_ENTRY(4),  TILE_ENTRY(5), TILE_ENTRY(6),
#if TILE_ROWS >= 8
    TILE_ENTRY(7), TILE_ENTRY(8),
#endif
#if TILE_ROWS >= 12
    TILE_ENTRY(9), TILE_ENTRY(10), TILE_ENTRY(11), TILE_ENTRY(12),
#endif
};
#undef TILE_ENTRY

/// Computes a tile of `rows` rows with the registers it needs.
INLINE void NAME(run_tile)(const tile_arguments *tile, ptrdiff_t rows) {
  NAME(tiles)[rows - 1][tile->columns > LANES](tile);
}

/// Moves a tile down by some rows.
INLINE void NAME(move_down)(tile_arguments *tile, ptrdiff_t rows) {
  tile->left += rows * tile->row_stride;
  if (tile->row_offsets) tile->row_offsets += rows;
  if (tile->partial_in) tile->partial_in += rows * TILE_COLUMNS;
  if (tile->partial_out) tile->partial_out += rows * TILE_COLUMNS;
  if (tile->next_right) tile->next_right += tile->depth * tile->fetched_count;
}

/// Full tiles one below the other, all with the same columns.
static void NAME(run_full_tiles)(tile_arguments *tile, ptrdiff_t rows) {
  for (; rows >= TILE_ROWS; rows -= TILE_ROWS) {
    NAME(compute_tile)(tile, TILE_ROWS, TILE_VECTORS);
    NAME(move_down)(tile, TILE_ROWS);
  }
}

// Fewer rows take as long as this many: their sums are too few to hide how long one addition takes.
#define LEAST_ROWS 4

/// Computes tiles one below the other, `rows` rows together.
INLINE void NAME(run_tiles)(const tile_arguments *first, ptrdiff_t rows) {
  // What is left over shares its rows with the last full tile where it has few.
  const ptrdiff_t left = rows % TILE_ROWS;
  const bool shares = left > 0 && left < LEAST_ROWS && rows > TILE_ROWS;
  const ptrdiff_t full = rows - left - (shares ? TILE_ROWS : 0);
  const ptrdiff_t height = shares ? (TILE_ROWS + left + 1) / 2 : TILE_ROWS;
  const ptrdiff_t count = (rows + TILE_ROWS - 1) / TILE_ROWS;
  tile_arguments tile = *first;
  tile.fetched_count = tile.next_right ? (TILE_COLUMNS + count - 1) / count : 0;
  ptrdiff_t row = 0;
  if (tile.columns > LANES) {
    NAME(run_full_tiles)(&tile, full);
    row = full;
  }
  while (row < rows) {
    const ptrdiff_t most = row < full ? TILE_ROWS : height;
    const ptrdiff_t next = rows - row < most ? rows - row : most;
    NAME(run_tile)(&tile, next);
    NAME(move_down)(&tile, next);
    row += next;
  }
}
#undef LEAST_ROWS
