#pragma once
#include <stddef.h>
#include <stdint.h>

/// What is done with each pair of elements.
typedef enum { GRAFT_ADD = 0, GRAFT_SUBTRACT = 1, GRAFT_MULTIPLY = 2 } graft_combination;

// The results may be one of the operands' arrays.

/// results[i] = left[i] ∘ right[i].
void graft_combine(graft_combination combination, const float *left, const float *right,
                   float *results, ptrdiff_t count);
/// results[r, c] = left[r, c] ∘ right[c].
void graft_combine_rows(graft_combination combination, const float *left, const float *right,
                        float *results, ptrdiff_t rows, ptrdiff_t columns);
/// results[i] = left[i] ∘ right.
void graft_combine_scalar(graft_combination combination, const float *left, float right,
                          float *results, ptrdiff_t count);
/// results[i] = value.
void graft_fill(float value, float *results, ptrdiff_t count);
/// Copies `rows` rows of `columns` floats; the rows are so many floats apart.
void graft_copy_rows(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride,
                     ptrdiff_t rows, ptrdiff_t columns);

/// Inverted dropout of elements [first, first + count) of a sample: zero where the hash of the
/// element's index (by two keys) is below the threshold, else scaled.
void graft_dropout(const float *values, float *results, ptrdiff_t first, ptrdiff_t count,
                   uint32_t first_key, uint32_t second_key, uint32_t threshold, float scale);
