static void NAME(normalize_rows)(const float *values, const float *center, const float *scale,
                                 const float *shift, float *results, ptrdiff_t rows,
                                 ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++, values += columns, results += columns) {
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
      store(results + c, (load(values + c) - load(center + c)) * load(scale + c) + load(shift + c));
    }
    for (; c < columns; c++) results[c] = (values[c] - center[c]) * scale[c] + shift[c];
  }
}

#define MERGED_COLUMNS 128
// Columns that are walked together, in vectors: enough sums for additions not to wait for each other,
// and whole lines of the cache.
#define WIDTH 4

/// The means and the sums of squared deviations of `vectors` vectors of columns; of the last one,
/// `left` columns count.
INLINE void NAME(moments_of_columns)(const float *values, ptrdiff_t rows, ptrdiff_t columns,
                                     const int vectors, ptrdiff_t left, float *means,
                                     float *squares) {
  vec sum[WIDTH] = {0}, square[WIDTH] = {0}, mean[WIDTH];
  const float *row = values;
  for (ptrdiff_t r = 0; r < rows; r++, row += columns) {
    UNROLL for (int v = 0; v < vectors; v++) {
      sum[v] += v + 1 < vectors ? load(row + v * LANES) : load_some(row + v * LANES, left);
    }
  }
  // The deviations of a mean that is rounded don't sum up to zero: their sum corrects it, and the squares.
  UNROLL for (int v = 0; v < vectors; v++) {
    mean[v] = sum[v] / (float)rows;
    sum[v] = 0;
  }
  row = values;
  for (ptrdiff_t r = 0; r < rows; r++, row += columns) {
    UNROLL for (int v = 0; v < vectors; v++) {
      vec value = v + 1 < vectors ? load(row + v * LANES) : load_some(row + v * LANES, left);
      vec deviation = value - mean[v];
      sum[v] += deviation;
      square[v] += deviation * deviation;
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    vec correction = sum[v] / (float)rows;
    mean[v] += correction;
    square[v] = at_least(square[v] - sum[v] * correction, (vec)0);
    store_some(means + v * LANES, mean[v], v + 1 < vectors ? LANES : left);
    store_some(squares + v * LANES, square[v], v + 1 < vectors ? LANES : left);
  }
}

static void NAME(moments_of_rows)(const float *values, ptrdiff_t rows, ptrdiff_t columns,
                                  float *means, float *squares) {
  ptrdiff_t c = 0;
  for (; c + WIDTH * LANES <= columns; c += WIDTH * LANES) {
    NAME(moments_of_columns)(values + c, rows, columns, WIDTH, LANES, means + c, squares + c);
  }
  for (; c < columns; c += LANES) {
    NAME(moments_of_columns)(values + c, rows, columns, 1, columns - c, means + c, squares + c);
  }
}

static void NAME(merge_moments)(const float *means, const float *squares, ptrdiff_t parts,
                                ptrdiff_t rows_per_part, ptrdiff_t rows, ptrdiff_t columns,
                                float *mean, float *variance) {
  double merged_means[MERGED_COLUMNS], merged_squares[MERGED_COLUMNS];
  for (ptrdiff_t first = 0; first < columns; first += MERGED_COLUMNS) {
    const ptrdiff_t width = columns - first < MERGED_COLUMNS ? columns - first : MERGED_COLUMNS;
    for (ptrdiff_t c = 0; c < width; c++) merged_means[c] = merged_squares[c] = 0;
    double count = 0;
    for (ptrdiff_t part = 0; part < parts; part++) {
      const ptrdiff_t rest = rows - part * rows_per_part;
      const double added = (double)(rest < rows_per_part ? rest : rows_per_part);
      const double share = added / (count + added);
      const float *new_means = means + part * columns + first;
      const float *new_squares = squares + part * columns + first;
      for (ptrdiff_t c = 0; c < width; c++) {
        const double difference = new_means[c] - merged_means[c];
        merged_squares[c] += new_squares[c] + difference * difference * count * share;
        merged_means[c] += difference * share;
      }
      count += added;
    }
    for (ptrdiff_t c = 0; c < width; c++) {
      mean[first + c] = (float)merged_means[c];
      variance[first + c] = (float)(merged_squares[c] / count);
    }
  }
}
#undef MERGED_COLUMNS

/// The sums of gradients, and of gradients by deviations, of `vectors` vectors of columns.
INLINE void NAME(sums_of_columns)(const float *values, const float *gradients, const float *center,
                                  ptrdiff_t rows, ptrdiff_t columns, const int vectors,
                                  ptrdiff_t left, float *gradient_sums, float *product_sums) {
  vec mean[WIDTH], sum[WIDTH] = {0}, product[WIDTH] = {0};
  UNROLL for (int v = 0; v < vectors; v++) {
    mean[v] = load_some(center + v * LANES, v + 1 < vectors ? LANES : left);
  }
  for (ptrdiff_t r = 0; r < rows; r++, values += columns, gradients += columns) {
    UNROLL for (int v = 0; v < vectors; v++) {
      const ptrdiff_t count = v + 1 < vectors ? LANES : left;
      vec gradient = load_some(gradients + v * LANES, count);
      sum[v] += gradient;
      product[v] += gradient * (load_some(values + v * LANES, count) - mean[v]);
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    store_some(gradient_sums + v * LANES, sum[v], v + 1 < vectors ? LANES : left);
    store_some(product_sums + v * LANES, product[v], v + 1 < vectors ? LANES : left);
  }
}

static void NAME(normalization_sums)(const float *values, const float *gradients,
                                     const float *center, ptrdiff_t rows, ptrdiff_t columns,
                                     float *gradient_sums, float *product_sums) {
  ptrdiff_t c = 0;
  for (; c + WIDTH * LANES <= columns; c += WIDTH * LANES) {
    NAME(sums_of_columns)(values + c, gradients + c, center + c, rows, columns, WIDTH, LANES,
                          gradient_sums + c, product_sums + c);
  }
  for (; c < columns; c += LANES) {
    NAME(sums_of_columns)(values + c, gradients + c, center + c, rows, columns, 1, columns - c,
                          gradient_sums + c, product_sums + c);
  }
}
#undef WIDTH

static void NAME(normalization_gradient_rows)(const float *values, const float *gradients,
                                              const float *center, const float *factor,
                                              const float *slope, const float *offset,
                                              float *results, ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
      vec deviation = load(values + c) - load(center + c);
      vec result = load(gradients + c) * load(factor + c) + load(offset + c);
      store(results + c, result + deviation * load(slope + c));
    }
    for (; c < columns; c++) {
      results[c] = gradients[c] * factor[c] + offset[c] + (values[c] - center[c]) * slope[c];
    }
    values += columns, gradients += columns, results += columns;
  }
}

/// The mean of a row and 1 / √(its variance + epsilon).
INLINE float NAME(moments_of_row)(const float *values, float epsilon, ptrdiff_t columns,
                                  float *inverse) {
  const ptrdiff_t whole = columns / LANES * LANES;
  vec sum = load_some(values + whole, columns - whole), square = 0;
  for (ptrdiff_t c = 0; c < whole; c += LANES) sum += load(values + c);
  const float mean = sum_of_lanes(sum) / (float)columns;
  for (ptrdiff_t c = 0; c < whole; c += LANES) {
    vec deviation = load(values + c) - mean;
    square += deviation * deviation;
  }
  float squares = sum_of_lanes(square);
  for (ptrdiff_t c = whole; c < columns; c++) {
    squares += (values[c] - mean) * (values[c] - mean);
  }
  *inverse = 1 / sqrtf(squares / (float)columns + epsilon);
  return mean;
}

static void NAME(layer_normalize_rows)(const float *values, const float *gamma, const float *beta,
                                       float epsilon, float *results, ptrdiff_t rows,
                                       ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++, values += columns, results += columns) {
    float inverse, mean = NAME(moments_of_row)(values, epsilon, columns, &inverse);
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
      store(results + c,
            (load(values + c) - mean) * inverse * load(gamma + c) + load(beta + c));
    }
    for (; c < columns; c++) results[c] = (values[c] - mean) * inverse * gamma[c] + beta[c];
  }
}

static void NAME(layer_normalization_gradient_rows)(const float *values, const float *gamma,
                                                    const float *gradients, float epsilon,
                                                    float *results, ptrdiff_t rows,
                                                    ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float inverse, mean = NAME(moments_of_row)(values, epsilon, columns, &inverse);
    vec sum = 0, product = 0;
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
      vec gradient = load(gradients + c) * load(gamma + c);
      sum += gradient;
      product += gradient * (load(values + c) - mean);
    }
    float sums = sum_of_lanes(sum), products = sum_of_lanes(product);
    for (; c < columns; c++) {
      float gradient = gradients[c] * gamma[c];
      sums += gradient;
      products += gradient * (values[c] - mean);
    }
    const float offset = sums / (float)columns;
    const float slope = products * inverse * inverse / (float)columns;
    for (c = 0; c + LANES <= columns; c += LANES) {
      vec gradient = load(gradients + c) * load(gamma + c) - offset;
      store(results + c, (gradient - (load(values + c) - mean) * slope) * inverse);
    }
    for (; c < columns; c++) {
      results[c] = (gradients[c] * gamma[c] - offset - (values[c] - mean) * slope) * inverse;
    }
    values += columns, gradients += columns, results += columns;
  }
}

static void NAME(layer_normalization_sums)(const float *values, const float *gradients,
                                           float epsilon, ptrdiff_t rows, ptrdiff_t columns,
                                           float *gamma_sums, float *beta_sums) {
  for (ptrdiff_t c = 0; c < columns; c++) gamma_sums[c] = beta_sums[c] = 0;
  for (ptrdiff_t r = 0; r < rows; r++, values += columns, gradients += columns) {
    float inverse, mean = NAME(moments_of_row)(values, epsilon, columns, &inverse);
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
      vec gradient = load(gradients + c);
      store(beta_sums + c, load(beta_sums + c) + gradient);
      vec product = gradient * ((load(values + c) - mean) * inverse);
      store(gamma_sums + c, load(gamma_sums + c) + product);
    }
    for (; c < columns; c++) {
      beta_sums[c] += gradients[c];
      gamma_sums[c] += gradients[c] * ((values[c] - mean) * inverse);
    }
  }
}
