// Compiles VECTORIZED_SOURCE once per instruction level. In the source, NAME(x) is the level's own
// name for x, LANES the floats in its vectors, TILE_ROWS x TILE_VECTORS the registers of its GEMM.
// No compiler flags are needed, and no instruction outside a level's functions depends on it.

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "instruction_level.h"

#define INLINE static inline __attribute__((always_inline, unused))
#define UNROLL _Pragma("clang loop unroll(full)")
#define RESTRICT __restrict__

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#define NAME(name) name##_v4
#define LANES 16
#define TILE_ROWS 12
#define TILE_VECTORS 2
#include "vector.h"
#include VECTORIZED_SOURCE
#include "end_level.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define NAME(name) name##_v3
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#include "vector.h"
#include VECTORIZED_SOURCE
#include "end_level.h"
#pragma clang attribute pop

#endif

#define NAME(name) name##_base
#define LANES 4
#if defined(__aarch64__)
#define TILE_ROWS 8
#else
#define TILE_ROWS 6
#endif
#define TILE_VECTORS 2
#include "vector.h"
#include VECTORIZED_SOURCE
#include "end_level.h"
