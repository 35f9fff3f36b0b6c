#pragma once

/// The instruction sets that kernels are compiled for.
typedef enum {
  /// SSE2 on x86-64, NEON on AArch64.
  GRAFT_LEVEL_BASE = 0,
  /// AVX2 with FMA.
  GRAFT_LEVEL_V3 = 1,
  /// AVX-512.
  GRAFT_LEVEL_V4 = 2,
} graft_level;

/// The best level that this processor supports, or the lower one that the environment variable
/// GRAFT_CPU_LEVEL asks for (`base`, `v3`, `v4`): looked up once.
graft_level graft_instruction_level(void);
