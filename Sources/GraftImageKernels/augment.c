// Random changes to training pictures: affine transforms and colour.
#include <math.h>

#include "vectors.h"

#pragma STDC FP_CONTRACT OFF

GRAFT_INLINE uint8_t *row_of(GraftPixelView view, int y) {
  return view.bytes + (size_t)y * view.rowByteCount;
}

GRAFT_INLINE unsigned luma_of(const uint8_t *pixel) {
  return (pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000u) >> 16;
}

static double clamped(double value, double greatest) {
  if (!(value > 0)) return 0;
  return value > greatest ? greatest : value;
}

// Folds a coordinate into the picture that repeats mirrored, with period 2 `length`.
static int reflected(double index, int length) {
  const double period = 2.0 * length;
  double folded = fmod(index, period);
  if (folded < 0) folded += period;
  const int whole = (int)folded;
  return whole < length ? whole : 2 * length - 1 - whole;
}

// The two source lines around a coordinate and the share of the second.
typedef struct Neighbours {
  int first;
  int second;
  double share;
} Neighbours;

static Neighbours neighbours_of(double position, int length, GraftBorder border) {
  if (border == GraftBorderReflect) {
    const double below = floor(position);
    return (Neighbours){
        reflected(below, length), reflected(below + 1, length), position - below};
  }
  const double inside = clamped(position, length - 1);
  const int first = (int)inside;
  return (Neighbours){first, first + 1 < length ? first + 1 : first, inside - first};
}

static void interpolate(
    GraftPixelView source, Neighbours rows, Neighbours columns, uint8_t *destination) {
  const uint8_t *upper = row_of(source, rows.first);
  const uint8_t *lower = row_of(source, rows.second);
  const size_t left = 4 * (size_t)columns.first;
  const size_t right = 4 * (size_t)columns.second;
  for (size_t c = 0; c < 3; c += 1) {
    const double above = upper[left + c] + columns.share * (upper[right + c] - upper[left + c]);
    const double below = lower[left + c] + columns.share * (lower[right + c] - lower[left + c]);
    destination[c] = (uint8_t)(above + rows.share * (below - above) + 0.5);
  }
  destination[3] = 255;
}

void graft_transform(
    GraftPixelView source, GraftPixelView destination, const double m[6], GraftBorder border,
    const uint8_t colour[4]) {
  for (int y = 0; y < destination.height; y += 1) {
    uint8_t *to = row_of(destination, y);
    for (int x = 0; x < destination.width; x += 1) {
      const double row = m[0] * y + m[1] * x + m[2];
      const double column = m[3] * y + m[4] * x + m[5];
      const int isInside =
          row >= 0 && column >= 0 && row <= source.height - 1 && column <= source.width - 1;
      if (border == GraftBorderConstant && !isInside) {
        memcpy(to + 4 * (size_t)x, colour, 4);
      } else {
        interpolate(
            source, neighbours_of(row, source.height, border),
            neighbours_of(column, source.width, border), to + 4 * (size_t)x);
      }
    }
  }
}

uint64_t graft_sum_luma(GraftPixelView pixels) {
  uint64_t sum = 0;
  for (int y = 0; y < pixels.height; y += 1) {
    const uint8_t *row = row_of(pixels, y);
    for (int x = 0; x < pixels.width; x += 1) sum += luma_of(row + 4 * (size_t)x);
  }
  return sum;
}

GRAFT_INLINE uint8_t blend(int from, int to, float factor) {
  const float value = (float)from + factor * (float)(to - from);
  if (value <= 0.0f) return 0;
  return value >= 255.0f ? 255 : (uint8_t)value;
}

void graft_blend_with_level(GraftPixelView pixels, uint8_t level, float factor) {
  uint8_t levels[256];
  for (int i = 0; i < 256; i += 1) levels[i] = blend(level, i, factor);
  for (int y = 0; y < pixels.height; y += 1) {
    uint8_t *pixel = row_of(pixels, y);
    for (int x = 0; x < pixels.width; x += 1) {
      for (int c = 0; c < 3; c += 1) pixel[c] = levels[pixel[c]];
      pixel += 4;
    }
  }
}

void graft_blend_with_luma(GraftPixelView pixels, float factor) {
  for (int y = 0; y < pixels.height; y += 1) {
    uint8_t *pixel = row_of(pixels, y);
    for (int x = 0; x < pixels.width; x += 1) {
      const int luma = (int)luma_of(pixel);
      for (int c = 0; c < 3; c += 1) pixel[c] = blend(luma, pixel[c], factor);
      pixel += 4;
    }
  }
}

typedef struct HSV {
  uint8_t hue;
  uint8_t saturation;
  uint8_t value;
} HSV;

// Pillow's 8-bit HSV: 255 steps around the circle, everything cut off rather than rounded; the mix
// of single and double precision is part of its result.
static HSV hsv_of(const uint8_t *pixel) {
  const int red = pixel[0], green = pixel[1], blue = pixel[2];
  const int greatest = red > green ? (red > blue ? red : blue) : (green > blue ? green : blue);
  const int least = red < green ? (red < blue ? red : blue) : (green < blue ? green : blue);
  if (greatest == least) return (HSV){0, 0, (uint8_t)greatest};
  const float range = (float)(greatest - least);
  const float saturation = range / (float)greatest;
  const float redPart = (float)(greatest - red) / range;
  const float greenPart = (float)(greatest - green) / range;
  const float bluePart = (float)(greatest - blue) / range;
  float sextant;
  if (red == greatest) {
    sextant = bluePart - greenPart;
  } else if (green == greatest) {
    sextant = (float)(2.0 + redPart - bluePart);
  } else {
    sextant = (float)(4.0 + greenPart - redPart);
  }
  const float hue = (float)fmod(sextant / 6.0 + 1.0, 1.0);
  return (HSV){(uint8_t)(hue * 255.0), (uint8_t)(saturation * 255.0), (uint8_t)greatest};
}

static void write_rgb(HSV colour, uint8_t *pixel) {
  const float saturation = (float)(colour.saturation / 255.0);
  const double turn = (float)colour.hue * 6.0 / 255.0;
  const int sextant = (int)floor(turn);
  const float rest = (float)(turn - (float)sextant);
  const double value = colour.value;
  const uint8_t v = colour.value;
  const uint8_t p = (uint8_t)round(value * (1.0 - saturation));
  const uint8_t q = (uint8_t)round(value * (1.0 - saturation * rest));
  const uint8_t t = (uint8_t)round(value * (1.0 - saturation * (1.0 - rest)));
  const uint8_t table[6][3] = {{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}};
  memcpy(pixel, table[sextant % 6], 3);
}

void graft_shift_hue(GraftPixelView pixels, uint8_t shift) {
  for (int y = 0; y < pixels.height; y += 1) {
    uint8_t *pixel = row_of(pixels, y);
    for (int x = 0; x < pixels.width; x += 1) {
      HSV colour = hsv_of(pixel);
      colour.hue = (uint8_t)(colour.hue + shift);
      if (colour.saturation != 0) write_rgb(colour, pixel);
      pixel += 4;
    }
  }
}
