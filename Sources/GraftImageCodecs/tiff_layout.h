// What a TIFF's tags say of its samples.
#pragma once

#include "tiff_source.h"

typedef enum GraftTIFFKind { kindGray, kindPalette, kindColors, kindInks, kindConverted } GraftTIFFKind;
typedef enum GraftTIFFAlpha { alphaNone, alphaPlain, alphaMultiplied } GraftTIFFAlpha;

typedef struct GraftTIFFLayout {
  uint32_t width, height;
  GraftTIFFKind kind;
  GraftTIFFAlpha alpha;
  bool isInverted;  // gray that counts ink
  bool isPlanar;
  unsigned bits;
  unsigned sampleCount;  // in the file
  unsigned usedCount;    // of those, the first that are read
  uint16_t orientation;
  uint16_t *palette[3];
} GraftTIFFLayout;

/// Reads the layout of the picture that is open.
GraftImageOutcome graft_tiff_read_layout(GraftTIFFSource *source, GraftTIFFLayout *layout);

/// Whether so many pixels can be in a file of this length: samples that are not compressed, or by deflate,
/// which makes at most 1032 bytes of one, need so many bytes; other ways have no such bound.
bool graft_tiff_is_possible_size(const GraftTIFFSource *source, const GraftTIFFLayout *layout);
