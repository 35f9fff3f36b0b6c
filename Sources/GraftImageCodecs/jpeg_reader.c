// JPEG to RGBA with libjpeg-turbo.
#include <stdlib.h>

#include "inks.h"
#include "jpeg_errors.h"

#include <jerror.h>

// A progressive file may hold thousands of scans in a few kilobytes, each of which costs a pass over
// the whole picture; encoders write a dozen.
enum { scanLimit = 256 };

static void limit_scans(j_common_ptr info) {
  struct jpeg_decompress_struct *decoder = (struct jpeg_decompress_struct *)info;
  if (!info->is_decompressor || decoder->input_scan_number <= scanLimit) return;
  GraftJPEGErrors *errors = (GraftJPEGErrors *)info->err;
  errors->outcome = graft_outcome(GraftImageStatusDamaged, "more than 256 progressive scans");
  longjmp(errors->escape, 1);
}

// Installs the source, reads the header and settles the output. Long jumps on error.
static void prepare(
    struct jpeg_decompress_struct *decoder, struct jpeg_progress_mgr *progress,
    const uint8_t *bytes, size_t byteCount, int denominator) {
  jpeg_create_decompress(decoder);
  progress->progress_monitor = limit_scans;
  decoder->progress = progress;
  jpeg_mem_src(decoder, bytes, (unsigned long)byteCount);
  jpeg_read_header(decoder, TRUE);
  decoder->scale_num = 1;
  decoder->scale_denom = (unsigned)denominator;
  const int isFourInks =
      decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  decoder->out_color_space = isFourInks ? JCS_CMYK : JCS_EXT_RGBX;
  jpeg_calc_output_dimensions(decoder);
}

// Huffman codes take a bit for each block at least, and a unit of the scan covers 32 x 32 pixels at most.
static bool is_possible_size(const struct jpeg_decompress_struct *decoder, size_t byteCount) {
  if (decoder->arith_code) return true;
  const uint64_t units =
      ((uint64_t)decoder->image_width / 32) * ((uint64_t)decoder->image_height / 32);
  return units / 8 <= byteCount;
}

GraftImageOutcome graft_jpeg_read_header(
    const uint8_t *bytes, size_t byteCount, int denominator, GraftImageHeader *header) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress;
  GraftJPEGErrors errors;
  memset(&decoder, 0, sizeof decoder);
  memset(&progress, 0, sizeof progress);
  decoder.err = graft_jpeg_install(&errors);
  if (setjmp(errors.escape) == 0) {
    prepare(&decoder, &progress, bytes, byteCount, denominator);
    header->width = decoder.output_width;
    header->height = decoder.output_height;
    header->hasAlpha = false;
    if (!is_possible_size(&decoder, byteCount)) {
      errors.outcome =
          graft_outcome(GraftImageStatusTruncated, "the file is too short for so many pixels");
    }
  }
  jpeg_destroy_decompress(&decoder);
  return errors.outcome;
}

// Adobe writes inks inverted (255 is no ink), and so does everybody who followed.
static void inks_to_colours(uint8_t *row, uint32_t width) {
  for (uint32_t x = 0; x < width; x += 1) {
    uint8_t *pixel = row + 4 * (size_t)x;
    for (int c = 0; c < 3; c += 1) pixel[c] = (uint8_t)(255u - pixel[c]);
    graft_inks_to_colours(pixel, pixel[3]);
  }
}

static void read_rows(struct jpeg_decompress_struct *decoder, GraftImagePixels pixels) {
  enum { batch = 16 };
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW rows[batch];
    const uint32_t first = decoder->output_scanline;
    const uint32_t left = pixels.height - first;
    const uint32_t count = left < batch ? left : batch;
    for (uint32_t i = 0; i < count; i += 1) {
      rows[i] = pixels.bytes + (size_t)(first + i) * pixels.rowByteCount;
    }
    const uint32_t done = jpeg_read_scanlines(decoder, rows, count);
    if (decoder->out_color_space == JCS_CMYK) {
      for (uint32_t i = 0; i < done; i += 1) inks_to_colours(rows[i], pixels.width);
    }
  }
}

GraftImageOutcome graft_jpeg_decode(
    const uint8_t *bytes, size_t byteCount, int denominator, GraftImagePixels pixels) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress;
  GraftJPEGErrors errors;
  memset(&decoder, 0, sizeof decoder);
  memset(&progress, 0, sizeof progress);
  decoder.err = graft_jpeg_install(&errors);
  if (setjmp(errors.escape) == 0) {
    prepare(&decoder, &progress, bytes, byteCount, denominator);
    if (decoder.output_width != pixels.width || decoder.output_height != pixels.height) {
      errors.outcome = graft_outcome(GraftImageStatusDamaged, "the size changed while reading");
    } else {
      jpeg_start_decompress(&decoder);
      read_rows(&decoder, pixels);
      jpeg_finish_decompress(&decoder);
    }
  }
  jpeg_destroy_decompress(&decoder);
  return errors.outcome;
}
