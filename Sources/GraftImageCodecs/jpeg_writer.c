// Thumbnails: RGBA to baseline JPEG with libjpeg-turbo.
#include <stdlib.h>

#include "jpeg_errors.h"

typedef struct Destination {
  unsigned char *bytes;
  unsigned long byteCount;
} Destination;

// More than any baseline JPEG of this size needs, so that libjpeg never replaces the buffer: where it
// does, an error leaves no way of telling which of the two buffers is still alive.
static unsigned long greatest_byte_count(GraftImagePixels pixels) {
  const unsigned long columns = ((unsigned long)pixels.width + 15) & ~15ul;
  const unsigned long rows = ((unsigned long)pixels.height + 15) & ~15ul;
  return columns * rows * 6 + 4096;
}

static void compress(
    struct jpeg_compress_struct *encoder, GraftImagePixels pixels, int quality,
    Destination *destination) {
  jpeg_create_compress(encoder);
  jpeg_mem_dest(encoder, &destination->bytes, &destination->byteCount);
  encoder->image_width = pixels.width;
  encoder->image_height = pixels.height;
  encoder->input_components = 4;
  encoder->in_color_space = JCS_EXT_RGBX;
  jpeg_set_defaults(encoder);
  jpeg_set_quality(encoder, quality, TRUE);
  encoder->optimize_coding = TRUE;
  jpeg_start_compress(encoder, TRUE);
  while (encoder->next_scanline < encoder->image_height) {
    JSAMPROW row = pixels.bytes + (size_t)encoder->next_scanline * pixels.rowByteCount;
    jpeg_write_scanlines(encoder, &row, 1);
  }
  jpeg_finish_compress(encoder);
}

GraftImageOutcome graft_jpeg_encode(
    GraftImagePixels pixels, int quality, uint8_t **encoded, size_t *encodedByteCount) {
  struct jpeg_compress_struct encoder;
  GraftJPEGErrors errors;
  memset(&encoder, 0, sizeof encoder);
  const unsigned long capacity = greatest_byte_count(pixels);
  uint8_t *const buffer = malloc(capacity);
  if (buffer == NULL) return graft_outcome(GraftImageStatusOutOfMemory, "no memory to encode");
  Destination destination = {buffer, capacity};
  encoder.err = graft_jpeg_install(&errors);
  if (setjmp(errors.escape) == 0) compress(&encoder, pixels, quality, &destination);
  jpeg_destroy_compress(&encoder);
  if (errors.outcome.status != GraftImageStatusDone) {
    free(buffer);
    return errors.outcome;
  }
  *encoded = buffer;
  *encodedByteCount = destination.byteCount;
  return errors.outcome;
}
