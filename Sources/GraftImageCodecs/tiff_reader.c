// TIFF to RGBA with libtiff, sample by sample as Pillow does: libtiff's own conversion to RGBA rounds
// 16-bit levels and inks in another way and multiplies colours by their alpha. It serves for YCbCr
// alone, as in Pillow.
#include <stdlib.h>

#include "inks.h"
#include "tiff_layout.h"

GraftImageOutcome graft_tiff_read_header(
    const uint8_t *bytes, size_t byteCount, GraftImageHeader *header) {
  GraftTIFFSource source;
  GraftTIFFLayout layout;
  GraftImageOutcome outcome = graft_tiff_open(&source, bytes, byteCount);
  if (outcome.status != GraftImageStatusDone) return outcome;
  outcome = graft_tiff_read_layout(&source, &layout);
  header->width = layout.width;
  header->height = layout.height;
  header->hasAlpha = layout.alpha != alphaNone;
  header->orientation = layout.orientation <= 8 ? (uint8_t)layout.orientation : 0;
  if (outcome.status == GraftImageStatusDone && !graft_tiff_is_possible_size(&source, &layout)) {
    outcome = graft_outcome(GraftImageStatusTruncated, "the file is too short for so many pixels");
  }
  TIFFClose(source.tiff);
  return outcome;
}

// One row of samples of one plane, or of all: each goes to its byte of the pixel.
static void spread(
    const GraftTIFFLayout *layout, const uint8_t *row, uint32_t count, unsigned plane, uint8_t *pixels) {
  const unsigned perPixel = layout->isPlanar ? 1 : layout->sampleCount;
  const unsigned used = layout->isPlanar ? 1 : layout->usedCount;
  const unsigned bits = layout->bits;
  const unsigned greatest = (1u << (bits < 8 ? bits : 8)) - 1;
  for (uint32_t x = 0; x < count; x += 1) {
    for (unsigned s = 0; s < used; s += 1) {
      const size_t place = (size_t)x * perPixel + s;
      uint8_t sample;
      if (bits == 16) {
        uint16_t deep;
        memcpy(&deep, row + 2 * place, sizeof deep);
        sample = (uint8_t)(deep >> 8);
      } else if (bits == 8) {
        sample = row[place];
      } else {
        const size_t bit = place * bits;
        sample = (uint8_t)(row[bit / 8] >> (8 - bits - bit % 8)) & greatest;
        if (layout->kind != kindPalette) sample = (uint8_t)(sample * (255 / greatest));
      }
      pixels[4 * (size_t)x + plane + s] = sample;
    }
  }
}

static size_t row_byte_count(const GraftTIFFLayout *layout, uint32_t width) {
  const size_t samples = (size_t)width * (layout->isPlanar ? 1 : layout->sampleCount);
  return (samples * layout->bits + 7) / 8;
}

static GraftImageOutcome read_strips(
    GraftTIFFSource *source, const GraftTIFFLayout *layout, GraftImagePixels pixels) {
  const tmsize_t byteCount = TIFFScanlineSize(source->tiff);
  if (byteCount <= 0 || (size_t)byteCount < row_byte_count(layout, layout->width)) {
    return graft_tiff_failure(source);
  }
  uint8_t *row = malloc((size_t)byteCount);
  if (row == NULL) return graft_outcome(GraftImageStatusOutOfMemory, "no memory for a row");
  GraftImageOutcome outcome = graft_done();
  const unsigned planes = layout->isPlanar ? layout->usedCount : 1;
  for (unsigned plane = 0; plane < planes; plane += 1) {
    for (uint32_t y = 0; y < layout->height; y += 1) {
      if (TIFFReadScanline(source->tiff, row, y, (uint16_t)plane) < 0) {
        outcome = graft_tiff_failure(source);
        plane = planes;
        break;
      }
      spread(layout, row, layout->width, plane, pixels.bytes + (size_t)y * pixels.rowByteCount);
    }
  }
  free(row);
  return outcome;
}

static GraftImageOutcome read_tile(
    GraftTIFFSource *source, const GraftTIFFLayout *layout, GraftImagePixels pixels, uint8_t *tile,
    const uint32_t place[3], const uint32_t size[2]) {
  const uint32_t x = place[0], y = place[1], plane = place[2];
  if (TIFFReadTile(source->tiff, tile, x, y, 0, (uint16_t)plane) < 0) {
    return graft_tiff_failure(source);
  }
  const uint32_t width = layout->width - x < size[0] ? layout->width - x : size[0];
  const uint32_t height = layout->height - y < size[1] ? layout->height - y : size[1];
  const size_t rowByteCount = row_byte_count(layout, size[0]);
  for (uint32_t line = 0; line < height; line += 1) {
    spread(
        layout, tile + line * rowByteCount, width, plane,
        pixels.bytes + (size_t)(y + line) * pixels.rowByteCount + 4 * (size_t)x);
  }
  return graft_done();
}

static GraftImageOutcome read_tiles(
    GraftTIFFSource *source, const GraftTIFFLayout *layout, GraftImagePixels pixels) {
  enum { tileLimit = 64 << 20 };
  uint32_t size[2] = {0, 0};
  TIFFGetField(source->tiff, TIFFTAG_TILEWIDTH, &size[0]);
  TIFFGetField(source->tiff, TIFFTAG_TILELENGTH, &size[1]);
  const tmsize_t byteCount = TIFFTileSize(source->tiff);
  if (size[0] == 0 || size[1] == 0 || byteCount <= 0 || byteCount > tileLimit ||
      (size_t)byteCount / size[1] < row_byte_count(layout, size[0])) {
    return graft_outcome(GraftImageStatusDamaged, "its tiles have an impossible size");
  }
  uint8_t *tile = malloc((size_t)byteCount);
  if (tile == NULL) return graft_outcome(GraftImageStatusOutOfMemory, "no memory for a tile");
  GraftImageOutcome outcome = graft_done();
  const uint32_t planes = layout->isPlanar ? layout->usedCount : 1;
  for (uint32_t plane = 0; plane < planes; plane += 1) {
    for (uint64_t y = 0; y < layout->height; y += size[1]) {
      for (uint64_t x = 0; x < layout->width; x += size[0]) {
        if (outcome.status != GraftImageStatusDone) break;
        const uint32_t place[3] = {(uint32_t)x, (uint32_t)y, plane};
        outcome = read_tile(source, layout, pixels, tile, place, size);
      }
    }
  }
  free(tile);
  return outcome;
}

static void unmultiply(uint8_t *pixel) {
  const unsigned alpha = pixel[3];
  for (int c = 0; c < 3; c += 1) {
    const unsigned level = alpha == 0 ? 0 : pixel[c] * 255u / alpha;
    pixel[c] = (uint8_t)(level > 255 ? 255 : level);
  }
}

// Turns samples, each in its byte, into red, green, blue and alpha.
static void finish_pixel(const GraftTIFFLayout *layout, uint8_t *pixel) {
  if (layout->kind == kindGray) {
    const uint8_t level = layout->isInverted ? 255 - pixel[0] : pixel[0];
    pixel[3] = layout->alpha != alphaNone ? pixel[1] : 255;
    pixel[0] = pixel[1] = pixel[2] = level;
  } else if (layout->kind == kindPalette) {
    const uint8_t index = pixel[0];
    for (int c = 0; c < 3; c += 1) pixel[c] = (uint8_t)(layout->palette[c][index] >> 8);
  } else if (layout->kind == kindInks) {
    graft_inks_to_colours(pixel, 255u - pixel[3]);
  }
  if (layout->alpha == alphaNone) pixel[3] = 255;
  if (layout->alpha == alphaMultiplied) unmultiply(pixel);
}

static GraftImageOutcome convert(GraftTIFFSource *source, GraftImagePixels pixels) {
  if (pixels.rowByteCount != 4 * (size_t)pixels.width) {
    return graft_outcome(GraftImageStatusUnsupported, "its rows cannot be converted in place");
  }
  // Words of alpha, blue, green and red from the highest byte on.
  if (!TIFFReadRGBAImageOriented(
          source->tiff, pixels.width, pixels.height, (uint32_t *)(void *)pixels.bytes,
          ORIENTATION_TOPLEFT, 1)) {
    return graft_tiff_failure(source);
  }
  const size_t count = (size_t)pixels.width * pixels.height;
  for (size_t i = 0; i < count; i += 1) {
    uint32_t word;
    memcpy(&word, pixels.bytes + 4 * i, sizeof word);
    pixels.bytes[4 * i] = (uint8_t)TIFFGetR(word);
    pixels.bytes[4 * i + 1] = (uint8_t)TIFFGetG(word);
    pixels.bytes[4 * i + 2] = (uint8_t)TIFFGetB(word);
    pixels.bytes[4 * i + 3] = 255;
  }
  return graft_done();
}

GraftImageOutcome graft_tiff_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  GraftTIFFSource source;
  GraftTIFFLayout layout;
  GraftImageOutcome outcome = graft_tiff_open(&source, bytes, byteCount);
  if (outcome.status != GraftImageStatusDone) return outcome;
  outcome = graft_tiff_read_layout(&source, &layout);
  if (outcome.status == GraftImageStatusDone &&
      (layout.width != pixels.width || layout.height != pixels.height)) {
    outcome = graft_outcome(GraftImageStatusDamaged, "the size changed while reading");
  }
  if (outcome.status == GraftImageStatusDone) {
    if (layout.kind == kindConverted) {
      outcome = convert(&source, pixels);
    } else {
      outcome = TIFFIsTiled(source.tiff) ? read_tiles(&source, &layout, pixels)
                                         : read_strips(&source, &layout, pixels);
    }
  }
  for (uint32_t y = 0; y < pixels.height && outcome.status == GraftImageStatusDone &&
                       layout.kind != kindConverted; y += 1) {
    uint8_t *row = pixels.bytes + (size_t)y * pixels.rowByteCount;
    for (uint32_t x = 0; x < pixels.width; x += 1) finish_pixel(&layout, row + 4 * (size_t)x);
  }
  TIFFClose(source.tiff);
  return outcome;
}
