#pragma once
#include "../include/instruction_level.h"

/// Calls the version of `function` compiled for this processor.
#if defined(__x86_64__)
#define DISPATCH(function, ...)               \
  switch (graft_instruction_level()) {        \
    case GRAFT_LEVEL_V4:                      \
      return function##_v4(__VA_ARGS__);      \
    case GRAFT_LEVEL_V3:                      \
      return function##_v3(__VA_ARGS__);      \
    default:                                  \
      return function##_base(__VA_ARGS__);    \
  }
#else
#define DISPATCH(function, ...) return function##_base(__VA_ARGS__);
#endif
