// libheif as far as it is used here, found at run time: nobody needs it to build or to read other
// formats. Declarations follow its stable C interface (1.3 and later).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct GraftHEIFError {
  int code;
  int subcode;
  const char *message;
} GraftHEIFError;

/// The first fields of `heif_security_limits` (libheif 1.19): its version and the most pixels.
typedef struct GraftHEIFLimits {
  uint8_t version;
  uint64_t pixelLimit;
} GraftHEIFLimits;

typedef struct GraftHEIFLibrary {
  bool isThere;
  void *(*makeContext)(void);
  void (*freeContext)(void *);
  /// Before libheif 1.19 the only limit, on each side; NULL where missing.
  void (*limitSides)(void *, int);
  /// NULL before libheif 1.19.
  GraftHEIFLimits *(*limits)(void *);
  GraftHEIFError (*read)(void *, const void *, size_t, const void *);
  GraftHEIFError (*primary)(void *, void **);
  void (*freeHandle)(const void *);
  int (*width)(const void *);
  int (*height)(const void *);
  int (*hasAlpha)(const void *);
  GraftHEIFError (*decode)(const void *, void **, int, int, const void *);
  void (*freeImage)(const void *);
  int (*imageWidth)(const void *, int);
  int (*imageHeight)(const void *, int);
  const uint8_t *(*plane)(const void *, int, int *);
} GraftHEIFLibrary;

/// The library, opened once; `isThere` is false where it is missing.
const GraftHEIFLibrary *graft_heif_library(void);
