// Compositing, copying, turning and normalizing pixels.
#include "vectors.h"

GRAFT_INLINE uint8_t *row_of(GraftPixelView view, int y) {
  return view.bytes + (size_t)y * view.rowByteCount;
}

GRAFT_MULTIVERSIONED
void graft_composite(
    GraftPixelView source, GraftPixelView destination, const uint8_t colour[4]) {
  for (int y = 0; y < source.height; y += 1) {
    const uint8_t *from = row_of(source, y);
    uint8_t *to = row_of(destination, y);
    for (int x = 0; x < 4 * source.width; x += 4) {
      const unsigned alpha = from[x + 3];
      const unsigned rest = 255u - alpha;
      const unsigned red = from[x] * alpha + colour[0] * rest + 128u;
      const unsigned green = from[x + 1] * alpha + colour[1] * rest + 128u;
      const unsigned blue = from[x + 2] * alpha + colour[2] * rest + 128u;
      to[x] = (uint8_t)((red + (red >> 8)) >> 8);
      to[x + 1] = (uint8_t)((green + (green >> 8)) >> 8);
      to[x + 2] = (uint8_t)((blue + (blue >> 8)) >> 8);
      to[x + 3] = 255;
    }
  }
}

void graft_copy(GraftPixelView source, GraftPixelView destination) {
  for (int y = 0; y < source.height; y += 1) {
    memcpy(row_of(destination, y), row_of(source, y), 4 * (size_t)source.width);
  }
}

void graft_fill_pixels(GraftPixelView destination, const uint8_t colour[4]) {
  for (int y = 0; y < destination.height; y += 1) {
    uint8_t *to = row_of(destination, y);
    for (int x = 0; x < destination.width; x += 1) memcpy(to + 4 * (size_t)x, colour, 4);
  }
}

// Where the pixel at the top left of the upright picture lies, and the steps to its right and lower
// neighbours.
typedef struct Walk {
  ptrdiff_t start;
  ptrdiff_t right;
  ptrdiff_t down;
} Walk;

static Walk walk_of(GraftPixelView source, int orientation) {
  const ptrdiff_t column = 4;
  const ptrdiff_t row = (ptrdiff_t)source.rowByteCount;
  const ptrdiff_t lastColumn = column * (source.width - 1);
  const ptrdiff_t lastRow = row * (source.height - 1);
  switch (orientation) {
    case 2:
      return (Walk){lastColumn, -column, row};
    case 3:
      return (Walk){lastColumn + lastRow, -column, -row};
    case 4:
      return (Walk){lastRow, column, -row};
    case 5:
      return (Walk){0, row, column};
    case 6:
      return (Walk){lastRow, -row, column};
    case 7:
      return (Walk){lastColumn + lastRow, -row, -column};
    case 8:
      return (Walk){lastColumn, row, -column};
    default:
      return (Walk){0, column, row};
  }
}

// Blocks keep both pictures' lines in the cache while the one walks along rows and the other along
// columns.
void graft_turn_upright(GraftPixelView source, GraftPixelView destination, int orientation) {
  enum { block = 16 };
  const Walk walk = walk_of(source, orientation);
  for (int top = 0; top < destination.height; top += block) {
    const int bottom = top + block < destination.height ? top + block : destination.height;
    for (int left = 0; left < destination.width; left += block) {
      const int right = left + block < destination.width ? left + block : destination.width;
      for (int y = top; y < bottom; y += 1) {
        const uint8_t *from = source.bytes + walk.start + y * walk.down + left * walk.right;
        uint8_t *to = row_of(destination, y) + 4 * (size_t)left;
        for (int x = left; x < right; x += 1) {
          memcpy(to, from, 4);
          from += walk.right;
          to += 4;
        }
      }
    }
  }
}

void graft_normalize(
    GraftPixelView source, const float *table, const uint8_t *order, int channelCount,
    float *destination) {
  for (int y = 0; y < source.height; y += 1) {
    const uint8_t *pixel = row_of(source, y);
    for (int x = 0; x < source.width; x += 1) {
      for (int c = 0; c < channelCount; c += 1) {
        destination[c] = table[c * 256 + pixel[order[c]]];
      }
      destination += channelCount;
      pixel += 4;
    }
  }
}

void graft_make_gray(GraftPixelView pixels) {
  for (int y = 0; y < pixels.height; y += 1) {
    uint8_t *pixel = row_of(pixels, y);
    for (int x = 0; x < pixels.width; x += 1) {
      const unsigned sum =
          pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000u;
      const uint8_t luma = (uint8_t)(sum >> 16);
      pixel[0] = luma;
      pixel[1] = luma;
      pixel[2] = luma;
      pixel += 4;
    }
  }
}
