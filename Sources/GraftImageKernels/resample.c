// The two passes of Pillow's resampling on vectors of 32-bit integers.
#include "vectors.h"

enum { fractionBits = 22, half = 1 << (fractionBits - 1), rowsAtOnce = 4 };

// The nearest bytes of sums that already hold one half. A macro, since passing vectors wider than the
// baseline's registers to a function, even an inlined one, would change the calling convention.
#define BYTES(bytes, sums)                                                                     \
  __builtin_convertvector(                                                                     \
      __builtin_elementwise_min(                                                               \
          __builtin_elementwise_max((sums) >> fractionBits, (__typeof__(sums))0),              \
          (__typeof__(sums))255),                                                              \
      bytes)

// Sums the taps of one destination pixel in `rowCount` rows: two source pixels to a vector, the lower
// half taking the even taps.
GRAFT_INLINE void resample_pixel(
    const uint8_t *source, size_t rowByteCount, int tapCount, const int32_t *weights,
    int rowCount, uint8_t *destination, size_t destinationRowByteCount) {
  i32x8 sums[rowsAtOnce];
  for (int row = 0; row < rowCount; row += 1) sums[row] = (i32x8)0;
  int tap = 0;
  for (; tap + 2 <= tapCount; tap += 2) {
    const i32x2 pair = GRAFT_LOAD(i32x2, weights + tap);
    const i32x8 weight = __builtin_shufflevector(pair, pair, 0, 0, 0, 0, 1, 1, 1, 1);
    for (int row = 0; row < rowCount; row += 1) {
      const u8x8 pixels = GRAFT_LOAD(u8x8, source + (size_t)row * rowByteCount + 4 * (size_t)tap);
      sums[row] += __builtin_convertvector(pixels, i32x8) * weight;
    }
  }
  for (int row = 0; row < rowCount; row += 1) {
    i32x4 sum = sums[row].lo + sums[row].hi + half;
    if (tap < tapCount) {
      const u8x4 pixel = GRAFT_LOAD(u8x4, source + (size_t)row * rowByteCount + 4 * (size_t)tap);
      sum += __builtin_convertvector(pixel, i32x4) * weights[tap];
    }
    GRAFT_STORE(destination + (size_t)row * destinationRowByteCount, BYTES(u8x4, sum));
  }
}

GRAFT_MULTIVERSIONED
void graft_resample_rows(GraftPixelView source, GraftPixelView destination, GraftTaps taps) {
  int y = 0;
  for (; y + rowsAtOnce <= destination.height; y += rowsAtOnce) {
    const uint8_t *from = source.bytes + (size_t)y * source.rowByteCount;
    uint8_t *to = destination.bytes + (size_t)y * destination.rowByteCount;
    for (int x = 0; x < destination.width; x += 1) {
      const GraftTapRange range = taps.ranges[x];
      resample_pixel(
          from + 4 * (size_t)range.first, source.rowByteCount, range.count,
          taps.weights + (size_t)x * (size_t)taps.stride, rowsAtOnce, to + 4 * (size_t)x,
          destination.rowByteCount);
    }
  }
  for (; y < destination.height; y += 1) {
    const uint8_t *from = source.bytes + (size_t)y * source.rowByteCount;
    uint8_t *to = destination.bytes + (size_t)y * destination.rowByteCount;
    for (int x = 0; x < destination.width; x += 1) {
      const GraftTapRange range = taps.ranges[x];
      resample_pixel(
          from + 4 * (size_t)range.first, source.rowByteCount, range.count,
          taps.weights + (size_t)x * (size_t)taps.stride, 1, to + 4 * (size_t)x,
          destination.rowByteCount);
    }
  }
}

GRAFT_MULTIVERSIONED
void graft_resample_columns(
    GraftPixelView source, GraftPixelView destination, GraftTaps taps, int firstRow) {
  const int byteCount = 4 * destination.width;
  for (int y = 0; y < destination.height; y += 1) {
    const GraftTapRange range = taps.ranges[y];
    const int32_t *weights = taps.weights + (size_t)y * (size_t)taps.stride;
    const uint8_t *from = source.bytes + (size_t)(range.first - firstRow) * source.rowByteCount;
    uint8_t *to = destination.bytes + (size_t)y * destination.rowByteCount;
    int x = 0;
    for (; x + 32 <= byteCount; x += 32) {
      i32x16 low = half;
      i32x16 high = half;
      for (int tap = 0; tap < range.count; tap += 1) {
        const uint8_t *row = from + (size_t)tap * source.rowByteCount + x;
        low += __builtin_convertvector(GRAFT_LOAD(u8x16, row), i32x16) * weights[tap];
        high += __builtin_convertvector(GRAFT_LOAD(u8x16, row + 16), i32x16) * weights[tap];
      }
      GRAFT_STORE(to + x, BYTES(u8x16, low));
      GRAFT_STORE(to + x + 16, BYTES(u8x16, high));
    }
    for (; x < byteCount; x += 4) {
      i32x4 sum = half;
      for (int tap = 0; tap < range.count; tap += 1) {
        const uint8_t *pixel = from + (size_t)tap * source.rowByteCount + x;
        sum += __builtin_convertvector(GRAFT_LOAD(u8x4, pixel), i32x4) * weights[tap];
      }
      GRAFT_STORE(to + x, BYTES(u8x4, sum));
    }
  }
}
