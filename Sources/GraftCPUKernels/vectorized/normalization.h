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

static void NAME(moments_of_rows)(const float *values, ptrdiff_t rows, ptrdiff_t columns,
                                  float *means, float *squares) {
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    const ptrdiff_t left = columns - c;
    vec sum[2] = {0}, square[2] = {0};
    for (ptrdiff_t r = 0; r < rows; r++) sum[r & 1] += load_some(values + r * columns + c, left);
    vec mean = (sum[0] + sum[1]) / (float)rows;
    for (ptrdiff_t r = 0; r < rows; r++) {
      vec deviation = load_some(values + r * columns + c, left) - mean;
      square[r & 1] += deviation * deviation;
    }
    store_some(means + c, mean, left);
    store_some(squares + c, square[0] + square[1], left);
  }
}

static void NAME(merge_moments)(const float *means, const float *squares, ptrdiff_t parts,
                                ptrdiff_t rows_per_part, ptrdiff_t rows, ptrdiff_t columns,
                                float *mean, float *variance) {
  for (ptrdiff_t c = 0; c < columns; c++) {
    double merged_mean = 0, merged_square = 0, count = 0;
    for (ptrdiff_t part = 0; part < parts; part++) {
      ptrdiff_t rest = rows - part * rows_per_part;
      double added = (double)(rest < rows_per_part ? rest : rows_per_part);
      double difference = means[part * columns + c] - merged_mean;
      merged_square += squares[part * columns + c] +
                       difference * difference * count * added / (count + added);
      merged_mean += difference * added / (count + added);
      count += added;
    }
    mean[c] = (float)merged_mean;
    variance[c] = (float)(merged_square / count);
  }
}

static void NAME(normalization_sums)(const float *values, const float *gradients,
                                     const float *center, ptrdiff_t rows, ptrdiff_t columns,
                                     float *gradient_sums, float *product_sums) {
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    const ptrdiff_t left = columns - c;
    vec mean = load_some(center + c, left), sum = 0, product = 0;
    for (ptrdiff_t r = 0; r < rows; r++) {
      vec gradient = load_some(gradients + r * columns + c, left);
      sum += gradient;
      product += gradient * (load_some(values + r * columns + c, left) - mean);
    }
    store_some(gradient_sums + c, sum, left);
    store_some(product_sums + c, product, left);
  }
}

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
