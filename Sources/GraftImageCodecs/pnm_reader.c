// PBM, PGM and PPM to RGBA, without a library: libnetpbm ends the process on a damaged file.
#include <math.h>

#include "outcome.h"

typedef struct Cursor {
  const uint8_t *next;
  const uint8_t *end;
} Cursor;

typedef struct Map {
  char kind;  // '1' to '6'
  uint32_t width, height;
  uint32_t greatest;
  unsigned channels;
  Cursor pixels;
} Map;

static bool is_space(uint8_t byte) { return byte == ' ' || (byte >= 9 && byte <= 13); }

static void skip_space(Cursor *cursor) {
  bool isComment = false;
  while (cursor->next < cursor->end) {
    const uint8_t byte = *cursor->next;
    if (isComment) {
      isComment = byte != '\n' && byte != '\r';
    } else if (byte == '#') {
      isComment = true;
    } else if (!is_space(byte)) {
      return;
    }
    cursor->next += 1;
  }
}

// A number of at most ten digits, which must be there.
static GraftImageOutcome read_number(Cursor *cursor, uint32_t *number) {
  skip_space(cursor);
  uint64_t value = 0;
  int count = 0;
  while (cursor->next < cursor->end && *cursor->next >= '0' && *cursor->next <= '9' && count < 10) {
    value = 10 * value + (*cursor->next - '0');
    cursor->next += 1;
    count += 1;
  }
  if (count == 0) {
    return cursor->next == cursor->end
               ? graft_outcome(GraftImageStatusTruncated, "the file ends before its pixels do")
               : graft_outcome(GraftImageStatusDamaged, "there is something else than a number");
  }
  if (value > INT32_MAX) return graft_outcome(GraftImageStatusDamaged, "a number is too large");
  *number = (uint32_t)value;
  return graft_done();
}

// The bytes of pixels that there must be: at least so many where they are written as text.
static uint64_t least_byte_count(const Map *map) {
  const uint64_t samples = (uint64_t)map->width * map->channels;
  if (map->kind == '4') return (samples + 7) / 8 * map->height;
  if (map->kind == '1') return samples * map->height;
  if (map->kind < '4') return 2 * samples * map->height - 1;
  return (map->greatest > 255 ? 2 : 1) * samples * map->height;
}

static GraftImageOutcome open_map(Map *map, const uint8_t *bytes, size_t byteCount) {
  memset(map, 0, sizeof *map);
  Cursor cursor = {bytes, bytes + byteCount};
  if (byteCount < 3 || bytes[0] != 'P' || bytes[1] < '1' || bytes[1] > '6') {
    return graft_outcome(GraftImageStatusDamaged, "its head is unknown");
  }
  map->kind = (char)bytes[1];
  cursor.next += 2;
  map->greatest = 1;
  map->channels = map->kind == '3' || map->kind == '6' ? 3 : 1;
  const bool hasLevels = map->kind != '1' && map->kind != '4';
  uint32_t *const numbers[3] = {&map->width, &map->height, &map->greatest};
  for (int i = 0; i < (hasLevels ? 3 : 2); i += 1) {
    const GraftImageOutcome outcome = read_number(&cursor, numbers[i]);
    if (outcome.status != GraftImageStatusDone) return outcome;
  }
  if (map->width == 0 || map->height == 0) {
    return graft_outcome(GraftImageStatusDamaged, "it has no size");
  }
  if (map->greatest == 0 || map->greatest > 65535) {
    return graft_outcome(GraftImageStatusDamaged, "its greatest level is not 1 to 65535");
  }
  if (cursor.next < cursor.end) cursor.next += 1;  // the one space before the pixels
  map->pixels = cursor;
  // Both factors are below 2^31, their product with 6 bytes a pixel is not above 2^64.
  if ((uint64_t)map->width * map->height > UINT64_MAX / 8 ||
      least_byte_count(map) > (uint64_t)(cursor.end - cursor.next)) {
    return graft_outcome(GraftImageStatusTruncated, "the file ends before its pixels do");
  }
  return graft_done();
}

GraftImageOutcome graft_pnm_read_header(
    const uint8_t *bytes, size_t byteCount, GraftImageHeader *header) {
  Map map;
  const GraftImageOutcome outcome = open_map(&map, bytes, byteCount);
  header->width = map.width;
  header->height = map.height;
  header->hasAlpha = false;
  return outcome;
}

// Colours are scaled and rounded as Pillow does; of deep gray the high byte is kept, as of all other
// formats.
static uint8_t level_of(const Map *map, uint32_t sample) {
  if (sample > map->greatest) sample = map->greatest;
  if (map->greatest == 255) return (uint8_t)sample;
  if (map->channels == 1 && map->greatest > 255) {
    const double deep = rint((double)sample / map->greatest * 65535);
    return (uint8_t)((uint32_t)deep >> 8);
  }
  return (uint8_t)rint((double)sample / map->greatest * 255);
}

static GraftImageOutcome next_sample(Map *map, uint32_t *sample) {
  if (map->kind == '1') {
    skip_space(&map->pixels);
    if (map->pixels.next == map->pixels.end) {
      return graft_outcome(GraftImageStatusTruncated, "the file ends before its pixels do");
    }
    const uint8_t digit = *map->pixels.next;
    map->pixels.next += 1;
    if (digit != '0' && digit != '1') {
      return graft_outcome(GraftImageStatusDamaged, "there is something else than 0 and 1");
    }
    *sample = digit == '0';
    return graft_done();
  }
  const GraftImageOutcome outcome = read_number(&map->pixels, sample);
  if (outcome.status == GraftImageStatusDone && *sample > map->greatest) {
    return graft_outcome(GraftImageStatusDamaged, "a level is greater than the greatest");
  }
  return outcome;
}

static GraftImageOutcome read_text(Map *map, uint8_t *row) {
  for (uint32_t i = 0; i < map->width * map->channels; i += 1) {
    uint32_t sample = 0;
    const GraftImageOutcome outcome = next_sample(map, &sample);
    if (outcome.status != GraftImageStatusDone) return outcome;
    row[4 * (size_t)(i / map->channels) + i % map->channels] = level_of(map, sample);
  }
  return graft_done();
}

// There are as many bytes as `least_byte_count` says.
static void read_binary(Map *map, uint8_t *row) {
  if (map->kind == '4') {
    for (uint32_t x = 0; x < map->width; x += 1) {
      row[4 * (size_t)x] = (map->pixels.next[x / 8] >> (7 - x % 8)) & 1 ? 0 : 255;
    }
    map->pixels.next += (map->width + 7) / 8;
    return;
  }
  const size_t sampleByteCount = map->greatest > 255 ? 2 : 1;
  for (uint32_t x = 0; x < map->width; x += 1) {
    for (unsigned c = 0; c < map->channels; c += 1) {
      const uint8_t *from = map->pixels.next;
      const uint32_t sample = sampleByteCount == 1 ? from[0] : (uint32_t)from[0] << 8 | from[1];
      row[4 * (size_t)x + c] = level_of(map, sample);
      map->pixels.next += sampleByteCount;
    }
  }
}

GraftImageOutcome graft_pnm_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  Map map;
  GraftImageOutcome outcome = open_map(&map, bytes, byteCount);
  if (outcome.status != GraftImageStatusDone) return outcome;
  if (map.width != pixels.width || map.height != pixels.height) {
    return graft_outcome(GraftImageStatusDamaged, "the size changed while reading");
  }
  for (uint32_t y = 0; y < map.height; y += 1) {
    uint8_t *row = pixels.bytes + (size_t)y * pixels.rowByteCount;
    if (map.kind < '4') {
      outcome = read_text(&map, row);
      if (outcome.status != GraftImageStatusDone) return outcome;
    } else {
      read_binary(&map, row);
    }
    for (uint32_t x = 0; x < map.width; x += 1) {
      uint8_t *pixel = row + 4 * (size_t)x;
      if (map.channels == 1) pixel[1] = pixel[2] = pixel[0];
      pixel[3] = 255;
    }
  }
  return outcome;
}
