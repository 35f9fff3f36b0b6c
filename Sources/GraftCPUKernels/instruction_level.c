#include "include/instruction_level.h"
#include <stdlib.h>
#include <string.h>

static graft_level supported_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return GRAFT_LEVEL_V4;
  if (__builtin_cpu_supports("x86-64-v3")) return GRAFT_LEVEL_V3;
#endif
  return GRAFT_LEVEL_BASE;
}

static graft_level chosen_level(void) {
  graft_level best = supported_level(), wanted = best;
  const char *name = getenv("GRAFT_CPU_LEVEL");
  if (name && strcmp(name, "base") == 0) wanted = GRAFT_LEVEL_BASE;
  if (name && strcmp(name, "v3") == 0) wanted = GRAFT_LEVEL_V3;
  return wanted < best ? wanted : best;
}

graft_level graft_instruction_level(void) {
  // Threads that race here store the same value.
  static int known = -1;
  int level = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (level < 0) {
    level = chosen_level();
    __atomic_store_n(&known, level, __ATOMIC_RELAXED);
  }
  return (graft_level)level;
}
