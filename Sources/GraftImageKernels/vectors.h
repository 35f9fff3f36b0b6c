// Vector types shared by the kernels.
#pragma once

#include <stdint.h>
#include <string.h>

#include "GraftImageKernels.h"

// One binary runs on every machine: the loader picks the widest version that the processor knows.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define GRAFT_MULTIVERSIONED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GRAFT_MULTIVERSIONED
#endif

typedef uint8_t u8x4 __attribute__((ext_vector_type(4)));
typedef uint8_t u8x8 __attribute__((ext_vector_type(8)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x2 __attribute__((ext_vector_type(2)));
typedef int32_t i32x4 __attribute__((ext_vector_type(4)));
typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));

#define GRAFT_INLINE static inline __attribute__((always_inline))

// Loads and stores through `memcpy`: no alignment is asked for.
#define GRAFT_LOAD(type, pointer)                 \
  ({                                              \
    type loaded_;                                 \
    memcpy(&loaded_, (pointer), sizeof loaded_);  \
    loaded_;                                      \
  })
#define GRAFT_STORE(pointer, value)               \
  do {                                            \
    const __typeof__(value) stored_ = (value);    \
    memcpy((pointer), &stored_, sizeof stored_);  \
  } while (0)
