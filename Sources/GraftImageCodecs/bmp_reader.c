// BMP to RGBA, without a library: the file is rows of plain pixels.
#include "outcome.h"

typedef struct Mask {
  uint32_t bits;
  unsigned shift;
  uint32_t greatest;
} Mask;

typedef struct Bitmap {
  const uint8_t *bytes;
  size_t byteCount;
  uint64_t start;  // of the pixels
  uint32_t width, height;
  bool isTopDown;
  unsigned bitsPerPixel;
  unsigned compression;
  Mask masks[4];  // red, green, blue, alpha
  uint32_t palette[256];  // little-endian: blue, green, red
} Bitmap;

enum { plain = 0, runs8 = 1, runs4 = 2, bitfields = 3, alphaBitfields = 6 };

static uint32_t u16(const uint8_t *bytes) { return bytes[0] | (uint32_t)bytes[1] << 8; }
static uint32_t u32(const uint8_t *bytes) { return u16(bytes) | u16(bytes + 2) << 16; }

static Mask mask(uint32_t bits) {
  Mask result = {bits, 0, 0};
  if (bits == 0) return result;
  while (((bits >> result.shift) & 1u) == 0) result.shift += 1;
  result.greatest = bits >> result.shift;
  return result;
}

static uint8_t level(Mask mask, uint32_t pixel) {
  if (mask.greatest == 0) return 0;
  return (uint8_t)((uint64_t)((pixel & mask.bits) >> mask.shift) * 255u / mask.greatest);
}

static GraftImageOutcome truncated(void) {
  return graft_outcome(GraftImageStatusTruncated, "the file ends before its pixels do");
}

static GraftImageOutcome damaged(const char *reason) {
  return graft_outcome(GraftImageStatusDamaged, reason);
}

static GraftImageOutcome read_masks(Bitmap *bitmap, uint32_t headerByteCount) {
  const uint32_t usual[2][4] = {{0x7c00, 0x3e0, 0x1f, 0}, {0xff0000, 0xff00, 0xff, 0}};
  uint32_t bits[4];
  memcpy(bits, usual[bitmap->bitsPerPixel != 16], sizeof bits);
  if (bitmap->compression == bitfields || bitmap->compression == alphaBitfields) {
    const bool hasAlpha = headerByteCount >= 56 || bitmap->compression == alphaBitfields;
    const size_t count = hasAlpha ? 4 : 3;
    if (bitmap->byteCount < 54 + 4 * count) return truncated();
    bits[3] = 0;
    for (size_t i = 0; i < count; i += 1) bits[i] = u32(bitmap->bytes + 54 + 4 * i);
    if ((bits[0] | bits[1] | bits[2]) == 0) {
      const uint32_t all[4] = {0xff0000, 0xff00, 0xff, 0xff000000};
      memcpy(bits, all, sizeof bits);
    }
  }
  for (int i = 0; i < 4; i += 1) bitmap->masks[i] = mask(bits[i]);
  return graft_done();
}

static GraftImageOutcome read_palette(
    Bitmap *bitmap, uint32_t headerByteCount, uint32_t colorCount) {
  const size_t entryByteCount = headerByteCount == 12 ? 3 : 4;
  const uint32_t possible = 1u << bitmap->bitsPerPixel;
  if (colorCount == 0) colorCount = possible;
  const uint64_t first = 14 + (uint64_t)headerByteCount;
  if (bitmap->start == first) bitmap->start += entryByteCount * (uint64_t)colorCount;
  if (colorCount > possible) colorCount = possible;
  if (bitmap->byteCount < first + entryByteCount * (uint64_t)colorCount) return truncated();
  for (uint32_t i = 0; i < colorCount; i += 1) {
    const uint8_t *entry = bitmap->bytes + first + entryByteCount * i;
    bitmap->palette[i] = u16(entry) | (uint32_t)entry[2] << 16;
  }
  return graft_done();
}

static GraftImageOutcome read_size(Bitmap *bitmap, uint32_t headerByteCount) {
  const uint8_t *bytes = bitmap->bytes;
  if (headerByteCount == 12) {
    bitmap->width = u16(bytes + 18);
    bitmap->height = u16(bytes + 20);
    bitmap->bitsPerPixel = u16(bytes + 24);
  } else {
    bitmap->width = u32(bytes + 18);
    const uint32_t height = u32(bytes + 22);
    bitmap->isTopDown = height >> 31 != 0;
    bitmap->height = bitmap->isTopDown ? 0u - height : height;
    bitmap->bitsPerPixel = u16(bytes + 28);
    bitmap->compression = u32(bytes + 30);
  }
  if (bitmap->width == 0 || bitmap->height == 0 || bitmap->width >> 31 != 0 ||
      bitmap->height >> 31 != 0) {
    return damaged("it has no size");
  }
  return graft_done();
}

static size_t row_byte_count(const Bitmap *bitmap) {
  return ((size_t)bitmap->width * bitmap->bitsPerPixel + 31) / 32 * 4;
}

static GraftImageOutcome check_kind(const Bitmap *bitmap) {
  const unsigned bits = bitmap->bitsPerPixel;
  bool isKnown = false;
  switch (bitmap->compression) {
    case plain:
      isKnown = bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
      break;
    case runs8: isKnown = bits == 8; break;
    case runs4: isKnown = bits == 4; break;
    case bitfields:
    case alphaBitfields: isKnown = bits == 16 || bits == 24 || bits == 32; break;
  }
  if (isKnown) return graft_done();
  char reason[96];
  snprintf(
      reason, sizeof reason, "compression %u with %u bits a pixel", bitmap->compression, bits);
  return graft_outcome(GraftImageStatusUnsupported, reason);
}

static GraftImageOutcome open_bitmap(Bitmap *bitmap, const uint8_t *bytes, size_t byteCount) {
  memset(bitmap, 0, sizeof *bitmap);
  bitmap->bytes = bytes;
  bitmap->byteCount = byteCount;
  if (byteCount < 26) return truncated();
  bitmap->start = u32(bytes + 10);
  const uint32_t headerByteCount = u32(bytes + 14);
  if (headerByteCount != 12 && (headerByteCount < 40 || headerByteCount > 1024)) {
    return damaged("its header has an unknown size");
  }
  if (byteCount < 14 + (uint64_t)headerByteCount) return truncated();
  GraftImageOutcome outcome = read_size(bitmap, headerByteCount);
  if (outcome.status == GraftImageStatusDone) outcome = check_kind(bitmap);
  if (outcome.status == GraftImageStatusDone) {
    outcome = bitmap->bitsPerPixel > 8
                  ? read_masks(bitmap, headerByteCount)
                  : read_palette(
                        bitmap, headerByteCount, headerByteCount == 12 ? 0 : u32(bytes + 46));
  }
  if (outcome.status != GraftImageStatusDone) return outcome;
  if (bitmap->start > byteCount) return truncated();
  const bool hasRuns = bitmap->compression == runs8 || bitmap->compression == runs4;
  if (!hasRuns && (byteCount - bitmap->start) / row_byte_count(bitmap) < bitmap->height) {
    return truncated();
  }
  return graft_done();
}

GraftImageOutcome graft_bmp_read_header(
    const uint8_t *bytes, size_t byteCount, GraftImageHeader *header) {
  Bitmap bitmap;
  const GraftImageOutcome outcome = open_bitmap(&bitmap, bytes, byteCount);
  header->width = bitmap.width;
  header->height = bitmap.height;
  header->hasAlpha = bitmap.masks[3].bits != 0;
  return outcome;
}

static void put_color(uint8_t *pixel, uint32_t color) {
  pixel[0] = (uint8_t)(color >> 16);
  pixel[1] = (uint8_t)(color >> 8);
  pixel[2] = (uint8_t)color;
  pixel[3] = 255;
}

static uint8_t *row_of(const Bitmap *bitmap, GraftImagePixels pixels, uint32_t line) {
  const uint32_t y = bitmap->isTopDown ? line : bitmap->height - 1 - line;
  return pixels.bytes + (size_t)y * pixels.rowByteCount;
}

static void read_row(const Bitmap *bitmap, const uint8_t *row, uint8_t *pixels) {
  const unsigned bits = bitmap->bitsPerPixel;
  for (uint32_t x = 0; x < bitmap->width; x += 1) {
    uint8_t *pixel = pixels + 4 * (size_t)x;
    if (bits <= 8) {
      const unsigned perByte = 8 / bits;
      const unsigned shift = bits * (perByte - 1 - x % perByte);
      put_color(pixel, bitmap->palette[(row[x / perByte] >> shift) & ((1u << bits) - 1)]);
      continue;
    }
    const uint8_t *from = row + (size_t)x * (bits / 8);
    const uint32_t value =
        bits == 16 ? u16(from) : bits == 24 ? u16(from) | (uint32_t)from[2] << 16 : u32(from);
    for (int c = 0; c < 3; c += 1) pixel[c] = level(bitmap->masks[c], value);
    pixel[3] = bitmap->masks[3].bits == 0 ? 255 : level(bitmap->masks[3], value);
  }
}

// Where the next pixel of a run goes.
typedef struct Pen {
  const Bitmap *bitmap;
  GraftImagePixels pixels;
  uint32_t x, line;
} Pen;

static void draw(Pen *pen, uint8_t index) {
  if (pen->x >= pen->bitmap->width || pen->line >= pen->bitmap->height) return;
  put_color(
      row_of(pen->bitmap, pen->pixels, pen->line) + 4 * (size_t)pen->x,
      pen->bitmap->palette[index]);
  pen->x += 1;
}

static uint8_t index_at(const uint8_t *bytes, unsigned place, bool isHalf) {
  if (!isHalf) return bytes[place];
  return place % 2 == 0 ? bytes[place / 2] >> 4 : bytes[place / 2] & 15;
}

static GraftImageOutcome read_runs(const Bitmap *bitmap, GraftImagePixels pixels) {
  const bool isHalf = bitmap->compression == runs4;
  Pen pen = {bitmap, pixels, 0, 0};
  const uint8_t *next = bitmap->bytes + bitmap->start;
  const uint8_t *const end = bitmap->bytes + bitmap->byteCount;
  while (pen.line < bitmap->height) {
    if (end - next < 2) {
      // All rows are drawn where only the end's own mark is missing.
      return pen.line + 1 == bitmap->height && pen.x == bitmap->width ? graft_done() : truncated();
    }
    const uint8_t count = next[0], code = next[1];
    next += 2;
    if (count > 0) {
      const uint8_t pair[2] = {isHalf ? code >> 4 : code, isHalf ? code & 15 : code};
      for (unsigned i = 0; i < count; i += 1) draw(&pen, pair[i % 2]);
    } else if (code == 0) {
      pen.x = 0;
      pen.line += 1;
    } else if (code == 1) {
      return graft_done();
    } else if (code == 2) {
      if (end - next < 2) return truncated();
      pen.x += next[0];
      pen.line += next[1];
      next += 2;
    } else {
      const ptrdiff_t byteCount = isHalf ? (code + 1) / 2 : code;
      if (end - next < byteCount) return truncated();
      for (unsigned i = 0; i < code; i += 1) draw(&pen, index_at(next, i, isHalf));
      next += byteCount + byteCount % 2 > end - next ? end - next : byteCount + byteCount % 2;
    }
  }
  return graft_done();
}

GraftImageOutcome graft_bmp_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  Bitmap bitmap;
  const GraftImageOutcome outcome = open_bitmap(&bitmap, bytes, byteCount);
  if (outcome.status != GraftImageStatusDone) return outcome;
  if (bitmap.width != pixels.width || bitmap.height != pixels.height) {
    return damaged("the size changed while reading");
  }
  const bool hasRuns = bitmap.compression == runs8 || bitmap.compression == runs4;
  const uint8_t *row = bytes + bitmap.start;
  for (uint32_t line = 0; line < bitmap.height; line += 1) {
    uint8_t *to = row_of(&bitmap, pixels, line);
    if (hasRuns) {
      for (uint32_t x = 0; x < bitmap.width; x += 1) put_color(to + 4 * (size_t)x, bitmap.palette[0]);
    } else {
      read_row(&bitmap, row, to);
      row += row_byte_count(&bitmap);
    }
  }
  return hasRuns ? read_runs(&bitmap, pixels) : outcome;
}
