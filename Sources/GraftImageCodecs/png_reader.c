// PNG to RGBA with libpng.
#include <setjmp.h>
#include <stdlib.h>

#include <png.h>

#include "outcome.h"

typedef struct Reader {
  const uint8_t *bytes;
  size_t byteCount;
  size_t position;
  jmp_buf escape;
  GraftImageOutcome outcome;
  png_structp png;
  png_infop info;
  png_infop endInfo;
  /// Whether all rows are read: what is missing behind them costs no pixel.
  bool isComplete;
} Reader;

// Text may hold an orientation, but a chunk of a few kilobytes can expand to megabytes, and there can
// be thousands: Pillow reads as much of each.
enum { chunkByteLimit = 1 << 20, chunkLimit = 64 };

// Nothing that these say is used.
static const png_byte skippedChunks[] =
    "iCCP\0sPLT\0hIST\0pCAL\0sCAL\0tIME\0bKGD\0pHYs\0oFFs\0acTL\0fcTL\0fdAT";

static void leave(png_structp png, png_const_charp reason) {
  Reader *reader = png_get_error_ptr(png);
  if (reader->isComplete) {
    reader->outcome = graft_done();
  } else if (reader->outcome.status == GraftImageStatusDone) {
    reader->outcome = graft_outcome(GraftImageStatusDamaged, reason);
  }
  longjmp(reader->escape, 1);
}

static void stay_silent(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}

static void read_bytes(png_structp png, png_bytep destination, size_t byteCount) {
  Reader *reader = png_get_io_ptr(png);
  if (byteCount > reader->byteCount - reader->position) {
    reader->outcome = graft_outcome(GraftImageStatusTruncated, "the file ends inside a chunk");
    png_error(png, "truncated");
  }
  memcpy(destination, reader->bytes + reader->position, byteCount);
  reader->position += byteCount;
}

static void open_reader(Reader *reader, const uint8_t *bytes, size_t byteCount) {
  memset(reader, 0, sizeof *reader);
  reader->bytes = bytes;
  reader->byteCount = byteCount;
  reader->outcome = graft_done();
}

// Reads everything up to the pixels. Long jumps on error.
static void read_information(Reader *reader) {
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, leave, stay_silent);
  if (reader->png != NULL) {
    reader->info = png_create_info_struct(reader->png);
    reader->endInfo = png_create_info_struct(reader->png);
  }
  if (reader->info == NULL || reader->endInfo == NULL) {
    reader->outcome = graft_outcome(GraftImageStatusOutOfMemory, "no memory for libpng");
    longjmp(reader->escape, 1);
  }
  png_set_read_fn(reader->png, reader, read_bytes);
  png_set_chunk_malloc_max(reader->png, chunkByteLimit);
  png_set_chunk_cache_max(reader->png, chunkLimit);
  png_set_keep_unknown_chunks(
      reader->png, PNG_HANDLE_CHUNK_NEVER, skippedChunks, sizeof skippedChunks / 5);
  png_read_info(reader->png, reader->info);
}

// Deflate makes at most 1032 bytes of one.
static void require_possible_size(Reader *reader) {
  const uint64_t rowByteCount = png_get_rowbytes(reader->png, reader->info);
  const uint64_t height = png_get_image_height(reader->png, reader->info);
  if (rowByteCount * height / 1032 > reader->byteCount) {
    reader->outcome =
        graft_outcome(GraftImageStatusTruncated, "the file is too short for so many pixels");
    png_error(reader->png, "truncated");
  }
}

static void close_reader(Reader *reader) {
  if (reader->png == NULL) return;
  png_destroy_read_struct(&reader->png, &reader->info, &reader->endInfo);
}

static bool has_alpha(const Reader *reader) {
  return (png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_ALPHA) != 0 ||
         png_get_valid(reader->png, reader->info, PNG_INFO_tRNS) != 0;
}

GraftImageOutcome graft_png_read_header(
    const uint8_t *bytes, size_t byteCount, GraftImageHeader *header) {
  Reader reader;
  open_reader(&reader, bytes, byteCount);
  if (setjmp(reader.escape) == 0) {
    read_information(&reader);
    require_possible_size(&reader);
    header->width = png_get_image_width(reader.png, reader.info);
    header->height = png_get_image_height(reader.png, reader.info);
    header->hasAlpha = has_alpha(&reader);
  }
  close_reader(&reader);
  return reader.outcome;
}

static void read_rows(Reader *reader, GraftImagePixels pixels) {
  png_structp png = reader->png;
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  if (!has_alpha(reader)) png_set_filler(png, 0xff, PNG_FILLER_AFTER);
  const int passCount = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  if (png_get_rowbytes(png, reader->info) != 4 * (size_t)pixels.width) {
    png_error(png, "unexpected row size");
  }
  for (int pass = 0; pass < passCount; pass += 1) {
    for (uint32_t y = 0; y < pixels.height; y += 1) {
      png_read_row(png, pixels.bytes + (size_t)y * pixels.rowByteCount, NULL);
    }
  }
  reader->isComplete = true;
}

// Reads what follows the pixels; an error there ends it and is none.
static void read_end(Reader *reader) {
  if (setjmp(reader->escape) == 0) png_read_end(reader->png, reader->endInfo);
}

static void report_text(
    const Reader *reader, png_infop info, GraftImageMetadataHandler handler, void *context) {
  png_textp texts = NULL;
  const int count = png_get_text(reader->png, info, &texts, NULL);
  for (int i = 0; i < count; i += 1) {
    const uint8_t *text = (const uint8_t *)texts[i].text;
    if (texts[i].key == NULL || text == NULL) continue;
    if (strcmp(texts[i].key, "Raw profile type exif") == 0) {
      handler(context, GraftImageMetadataExifText, text, strlen(texts[i].text));
    } else if (strcmp(texts[i].key, "XML:com.adobe.xmp") == 0) {
      handler(context, GraftImageMetadataXMP, text, strlen(texts[i].text));
    }
  }
}

static void report_metadata(
    const Reader *reader, png_infop info, GraftImageMetadataHandler handler, void *context) {
  png_uint_32 exifByteCount = 0;
  png_bytep exif = NULL;
  if (png_get_eXIf_1(reader->png, info, &exifByteCount, &exif) != 0 && exif != NULL) {
    handler(context, GraftImageMetadataExif, exif, exifByteCount);
  }
  report_text(reader, info, handler, context);
}

GraftImageOutcome graft_png_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels,
    GraftImageMetadataHandler handler, void *context) {
  Reader reader;
  open_reader(&reader, bytes, byteCount);
  if (setjmp(reader.escape) == 0) {
    read_information(&reader);
    if (png_get_image_width(reader.png, reader.info) != pixels.width ||
        png_get_image_height(reader.png, reader.info) != pixels.height) {
      png_error(reader.png, "the size changed while reading");
    }
    read_rows(&reader, pixels);
    read_end(&reader);
    if (handler != NULL) {
      report_metadata(&reader, reader.info, handler, context);
      report_metadata(&reader, reader.endInfo, handler, context);
    }
  }
  close_reader(&reader);
  return reader.outcome;
}
