// The first frame of a GIF to RGBA with giflib.
#include <stdlib.h>

#include <gif_lib.h>

#include "outcome.h"

typedef struct Source {
  const uint8_t *bytes;
  size_t byteCount;
  size_t position;
} Source;

typedef struct Reader {
  Source source;
  GifFileType *gif;
  int transparent;  // an index, or -1
  uint32_t width, height;
} Reader;

static int read_bytes(GifFileType *gif, GifByteType *destination, int byteCount) {
  Source *source = gif->UserData;
  const size_t left = source->byteCount - source->position;
  const size_t count = (size_t)byteCount < left ? (size_t)byteCount : left;
  memcpy(destination, source->bytes + source->position, count);
  source->position += count;
  return (int)count;
}

static GraftImageOutcome failure(int code) {
  const char *reason = GifErrorString(code);
  GraftImageStatus status = GraftImageStatusDamaged;
  if (code == D_GIF_ERR_READ_FAILED || code == D_GIF_ERR_EOF_TOO_SOON) {
    status = GraftImageStatusTruncated;
  } else if (code == D_GIF_ERR_NOT_ENOUGH_MEM) {
    status = GraftImageStatusOutOfMemory;
  }
  return graft_outcome(status, reason != NULL ? reason : "giflib cannot make sense of it");
}

static bool skip_extension(Reader *reader) {
  int code = 0;
  GifByteType *block = NULL;
  if (DGifGetExtension(reader->gif, &code, &block) == GIF_ERROR) return false;
  while (block != NULL) {
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE &&
        DGifExtensionToGCB(block[0], block + 1, &control) != GIF_ERROR) {
      reader->transparent = control.TransparentColor;
    }
    if (DGifGetExtensionNext(reader->gif, &block) == GIF_ERROR) return false;
  }
  return true;
}

// Reads up to the pixels of the first frame; the screen is as large as that frame at least.
static GraftImageOutcome open_reader(Reader *reader, const uint8_t *bytes, size_t byteCount) {
  memset(reader, 0, sizeof *reader);
  reader->source = (Source){bytes, byteCount, 0};
  reader->transparent = NO_TRANSPARENT_COLOR;
  int code = 0;
  reader->gif = DGifOpen(&reader->source, read_bytes, &code);
  if (reader->gif == NULL) return failure(code);
  GifRecordType kind = UNDEFINED_RECORD_TYPE;
  while (kind != IMAGE_DESC_RECORD_TYPE) {
    if (DGifGetRecordType(reader->gif, &kind) == GIF_ERROR) return failure(reader->gif->Error);
    if (kind == TERMINATE_RECORD_TYPE) {
      return graft_outcome(GraftImageStatusDamaged, "it holds no picture");
    }
    if (kind == EXTENSION_RECORD_TYPE && !skip_extension(reader)) {
      return failure(reader->gif->Error);
    }
  }
  if (DGifGetImageDesc(reader->gif) == GIF_ERROR) return failure(reader->gif->Error);
  const GifImageDesc frame = reader->gif->Image;
  if (frame.Left < 0 || frame.Top < 0 || frame.Width <= 0 || frame.Height <= 0) {
    return graft_outcome(GraftImageStatusDamaged, "its first frame has no size");
  }
  // A code takes three bits at least and stands for 4096 pixels at most.
  const uint64_t pixelCount = (uint64_t)frame.Width * (uint64_t)frame.Height;
  if (pixelCount / 4096 / 3 > byteCount) {
    return graft_outcome(GraftImageStatusTruncated, "the file is too short for so many pixels");
  }
  const int right = frame.Left + frame.Width, bottom = frame.Top + frame.Height;
  reader->width = (uint32_t)(right > reader->gif->SWidth ? right : reader->gif->SWidth);
  reader->height = (uint32_t)(bottom > reader->gif->SHeight ? bottom : reader->gif->SHeight);
  return graft_done();
}

static void close_reader(Reader *reader) {
  if (reader->gif != NULL) DGifCloseFile(reader->gif, NULL);
}

GraftImageOutcome graft_gif_read_header(
    const uint8_t *bytes, size_t byteCount, GraftImageHeader *header) {
  Reader reader;
  const GraftImageOutcome outcome = open_reader(&reader, bytes, byteCount);
  header->width = reader.width;
  header->height = reader.height;
  header->hasAlpha = reader.transparent != NO_TRANSPARENT_COLOR;
  close_reader(&reader);
  return outcome;
}

static void put_pixel(const Reader *reader, uint8_t *pixel, int index) {
  const ColorMapObject *map = reader->gif->Image.ColorMap;
  if (map == NULL) map = reader->gif->SColorMap;
  const uint8_t gray = (uint8_t)index;
  const GifColorType none = {0, 0, 0}, ramp = {gray, gray, gray};
  const GifColorType color =
      map == NULL ? ramp : index < map->ColorCount ? map->Colors[index] : none;
  pixel[0] = color.Red;
  pixel[1] = color.Green;
  pixel[2] = color.Blue;
  pixel[3] = index == reader->transparent ? 0 : 255;
}

static GraftImageOutcome read_rows(Reader *reader, GraftImagePixels pixels, GifPixelType *line) {
  static const struct { int first, step; } passes[2][4] = {
      {{0, 1}, {0, 0}, {0, 0}, {0, 0}}, {{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  const GifImageDesc frame = reader->gif->Image;
  for (int pass = 0; pass < (frame.Interlace ? 4 : 1); pass += 1) {
    const int step = passes[frame.Interlace ? 1 : 0][pass].step;
    for (int y = passes[frame.Interlace ? 1 : 0][pass].first; y < frame.Height; y += step) {
      if (DGifGetLine(reader->gif, line, frame.Width) == GIF_ERROR) {
        return failure(reader->gif->Error);
      }
      uint8_t *row = pixels.bytes + (size_t)(frame.Top + y) * pixels.rowByteCount;
      for (int x = 0; x < frame.Width; x += 1) {
        put_pixel(reader, row + 4 * (size_t)(frame.Left + x), line[x]);
      }
    }
  }
  return graft_done();
}

GraftImageOutcome graft_gif_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  Reader reader;
  GraftImageOutcome outcome = open_reader(&reader, bytes, byteCount);
  if (outcome.status == GraftImageStatusDone &&
      (reader.width != pixels.width || reader.height != pixels.height)) {
    outcome = graft_outcome(GraftImageStatusDamaged, "the size changed while reading");
  }
  if (outcome.status == GraftImageStatusDone) {
    // Around the frame lies what is transparent, or else the first colour.
    const int around = reader.transparent == NO_TRANSPARENT_COLOR ? 0 : reader.transparent;
    for (uint32_t y = 0; y < pixels.height; y += 1) {
      uint8_t *row = pixels.bytes + (size_t)y * pixels.rowByteCount;
      for (uint32_t x = 0; x < pixels.width; x += 1) put_pixel(&reader, row + 4 * (size_t)x, around);
    }
    GifPixelType *line = malloc((size_t)reader.gif->Image.Width);
    outcome = line == NULL ? graft_outcome(GraftImageStatusOutOfMemory, "no memory for a row")
                           : read_rows(&reader, pixels, line);
    free(line);
  }
  close_reader(&reader);
  return outcome;
}
