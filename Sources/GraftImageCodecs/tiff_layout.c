#include "tiff_layout.h"

static GraftImageOutcome unsupported(const char *reason) {
  return graft_outcome(GraftImageStatusUnsupported, reason);
}

static GraftImageOutcome read_palette(TIFF *tiff, GraftTIFFLayout *layout) {
  uint16_t **palette = layout->palette;
  layout->kind = kindPalette;
  layout->usedCount = 1;
  if (layout->bits > 8 ||
      !TIFFGetField(tiff, TIFFTAG_COLORMAP, &palette[0], &palette[1], &palette[2])) {
    return graft_outcome(GraftImageStatusDamaged, "its palette is missing");
  }
  return graft_done();
}

static GraftImageOutcome choose_kind(TIFF *tiff, GraftTIFFLayout *layout) {
  uint16_t photometric = 0, compression = COMPRESSION_NONE;
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) {
    return graft_outcome(GraftImageStatusDamaged, "it does not say what its samples mean");
  }
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      layout->kind = kindGray;
      layout->isInverted = photometric == PHOTOMETRIC_MINISWHITE;
      layout->usedCount = 1;
      return graft_done();
    case PHOTOMETRIC_PALETTE:
      return read_palette(tiff, layout);
    case PHOTOMETRIC_YCBCR:
      layout->kind = kindConverted;
      if (compression != COMPRESSION_JPEG) return graft_done();
      TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      layout->kind = kindColors;
      layout->usedCount = 3;
      return graft_done();
    case PHOTOMETRIC_RGB:
      layout->kind = kindColors;
      layout->usedCount = 3;
      return graft_done();
    case PHOTOMETRIC_SEPARATED:
      layout->kind = kindInks;
      layout->usedCount = 4;
      return graft_done();
    default:
      return unsupported("a colour space other than gray, RGB, palette, CMYK and YCbCr");
  }
}

static void choose_alpha(TIFF *tiff, GraftTIFFLayout *layout) {
  if (layout->kind != kindGray && layout->kind != kindColors) return;
  if (layout->sampleCount <= layout->usedCount) return;
  uint16_t count = 0, *extra = NULL;
  const bool isSaid = TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &extra) && count > 0;
  if (isSaid && extra[0] == EXTRASAMPLE_UNSPECIFIED) return;
  layout->alpha = isSaid && extra[0] == EXTRASAMPLE_ASSOCALPHA ? alphaMultiplied : alphaPlain;
  layout->usedCount += 1;
}

GraftImageOutcome graft_tiff_read_layout(GraftTIFFSource *source, GraftTIFFLayout *layout) {
  TIFF *tiff = source->tiff;
  memset(layout, 0, sizeof *layout);
  uint16_t bits = 1, samples = 1, planes = PLANARCONFIG_CONTIG, format = SAMPLEFORMAT_UINT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  if (!TIFFGetField(tiff, TIFFTAG_ORIENTATION, &layout->orientation)) layout->orientation = 0;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout->height) || layout->width == 0 ||
      layout->height == 0 || layout->width >> 31 != 0 || layout->height >> 31 != 0) {
    return graft_outcome(GraftImageStatusDamaged, "it has no size");
  }
  if (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) {
    return unsupported("samples of neither 1, 2, 4, 8 nor 16 bits");
  }
  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID) {
    return unsupported("samples that are no whole numbers from 0 on");
  }
  layout->bits = bits;
  layout->sampleCount = samples;
  layout->isPlanar = planes == PLANARCONFIG_SEPARATE && samples > 1;
  const GraftImageOutcome outcome = choose_kind(tiff, layout);
  if (outcome.status != GraftImageStatusDone || layout->kind == kindConverted) return outcome;
  choose_alpha(tiff, layout);
  if (layout->sampleCount < layout->usedCount) {
    return graft_outcome(GraftImageStatusDamaged, "it has fewer samples than its colours need");
  }
  return graft_done();
}

bool graft_tiff_is_possible_size(const GraftTIFFSource *source, const GraftTIFFLayout *layout) {
  uint16_t compression = COMPRESSION_NONE;
  TIFFGetFieldDefaulted(source->tiff, TIFFTAG_COMPRESSION, &compression);
  const bool isDeflated =
      compression == COMPRESSION_ADOBE_DEFLATE || compression == COMPRESSION_DEFLATE;
  if (layout->kind == kindConverted || (compression != COMPRESSION_NONE && !isDeflated)) return true;
  const uint64_t pixelCount = (uint64_t)layout->width * layout->height;
  const uint64_t least = pixelCount / 8 * layout->bits * layout->usedCount;
  return least / (isDeflated ? 1032 : 1) <= source->byteCount;
}
