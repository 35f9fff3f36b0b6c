// A TIFF in memory as libtiff reads it: bounded, and with its complaints kept instead of printed.
#pragma once

#include <tiffio.h>

#include "outcome.h"

typedef struct GraftTIFFSource {
  const uint8_t *bytes;
  size_t byteCount;
  uint64_t position;
  /// Whether libtiff asked for bytes behind the end.
  bool isShort;
  /// The first of libtiff's complaints.
  char reason[160];
  TIFF *tiff;
} GraftTIFFSource;

/// Opens the first picture; `source->tiff` is closed by the caller where it is not NULL.
GraftImageOutcome graft_tiff_open(GraftTIFFSource *source, const uint8_t *bytes, size_t byteCount);

/// What became of a call that libtiff answered with an error.
GraftImageOutcome graft_tiff_failure(const GraftTIFFSource *source);
