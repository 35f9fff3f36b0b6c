// HEIC and AVIF to RGBA with libheif, where it is installed. It turns pictures upright itself.
#include "heif_library.h"
#include "outcome.h"

// Of libheif's enumerations.
enum { colorspaceRGB = 1, chromaRGBA = 11, channelInterleaved = 10 };
enum { errorInvalidInput = 2, errorUnsupportedFiletype = 3, errorUnsupportedFeature = 4,
       errorMemory = 6, errorEndOfData = 100 };

static GraftImageOutcome failure(GraftHEIFError error) {
  const char *reason = error.message != NULL ? error.message : "libheif cannot read it";
  switch (error.code) {
    case errorUnsupportedFiletype:
    case errorUnsupportedFeature: {
      char words[224];
      snprintf(
          words, sizeof words, "%s; libheif may lack a decoder: install libheif-plugin-libde265 for "
          "HEIC, libheif-plugin-aomdec or libheif-plugin-dav1d for AVIF", reason);
      return graft_outcome(GraftImageStatusUnsupported, words);
    }
    case errorMemory: return graft_outcome(GraftImageStatusOutOfMemory, reason);
    case errorInvalidInput:
      return graft_outcome(
          error.subcode == errorEndOfData ? GraftImageStatusTruncated : GraftImageStatusDamaged,
          reason);
    default: return graft_outcome(GraftImageStatusDamaged, reason);
  }
}

typedef struct Reader {
  const GraftHEIFLibrary *heif;
  void *context;
  void *handle;
} Reader;

static void limit(const Reader *reader, uint64_t pixelLimit, int sideLimit) {
  GraftHEIFLimits *limits = NULL;
  if (reader->heif->limits != NULL) limits = reader->heif->limits(reader->context);
  if (limits != NULL) {
    limits->pixelLimit = pixelLimit;
  } else if (reader->heif->limitSides != NULL) {
    reader->heif->limitSides(reader->context, sideLimit);
  }
}

static GraftImageOutcome open_reader(
    Reader *reader, const uint8_t *bytes, size_t byteCount, uint64_t pixelLimit, int sideLimit) {
  memset(reader, 0, sizeof *reader);
  reader->heif = graft_heif_library();
  if (!reader->heif->isThere) {
    return graft_outcome(
        GraftImageStatusUnsupported,
        "libheif is not installed; on Debian or Ubuntu: apt-get install libheif1");
  }
  reader->context = reader->heif->makeContext();
  if (reader->context == NULL) {
    return graft_outcome(GraftImageStatusOutOfMemory, "no memory for libheif");
  }
  limit(reader, pixelLimit, sideLimit);
  GraftHEIFError error = reader->heif->read(reader->context, bytes, byteCount, NULL);
  if (error.code == 0) error = reader->heif->primary(reader->context, &reader->handle);
  return error.code == 0 ? graft_done() : failure(error);
}

static void close_reader(Reader *reader) {
  if (reader->handle != NULL) reader->heif->freeHandle(reader->handle);
  if (reader->context != NULL) reader->heif->freeContext(reader->context);
}

static GraftImageOutcome measure(const Reader *reader, GraftImageHeader *header) {
  const int width = reader->heif->width(reader->handle);
  const int height = reader->heif->height(reader->handle);
  if (width <= 0 || height <= 0) {
    return graft_outcome(GraftImageStatusDamaged, "it has no size");
  }
  header->width = (uint32_t)width;
  header->height = (uint32_t)height;
  header->hasAlpha = reader->heif->hasAlpha(reader->handle) != 0;
  return graft_done();
}

GraftImageOutcome graft_heif_read_header(
    const uint8_t *bytes, size_t byteCount, uint64_t pixelLimit, GraftImageHeader *header) {
  Reader reader;
  GraftImageOutcome outcome = open_reader(&reader, bytes, byteCount, pixelLimit, 1 << 16);
  if (outcome.status == GraftImageStatusDone) outcome = measure(&reader, header);
  close_reader(&reader);
  return outcome;
}

static GraftImageOutcome copy_pixels(const Reader *reader, GraftImagePixels pixels) {
  void *image = NULL;
  const GraftHEIFError error =
      reader->heif->decode(reader->handle, &image, colorspaceRGB, chromaRGBA, NULL);
  if (error.code != 0 || image == NULL) return failure(error);
  int stride = 0;
  const uint8_t *plane = reader->heif->plane(image, channelInterleaved, &stride);
  GraftImageOutcome outcome = graft_done();
  if (plane == NULL || stride < 0 || (size_t)stride < 4 * (size_t)pixels.width ||
      reader->heif->imageWidth(image, channelInterleaved) != (int)pixels.width ||
      reader->heif->imageHeight(image, channelInterleaved) != (int)pixels.height) {
    outcome = graft_outcome(GraftImageStatusDamaged, "its pixels have another size than it says");
  } else {
    for (uint32_t y = 0; y < pixels.height; y += 1) {
      memcpy(
          pixels.bytes + (size_t)y * pixels.rowByteCount, plane + (size_t)y * (size_t)stride,
          4 * (size_t)pixels.width);
    }
  }
  reader->heif->freeImage(image);
  return outcome;
}

GraftImageOutcome graft_heif_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  // Tiles and the blocks of the codec may reach beyond the picture's edges.
  enum { margin = 4096 };
  const uint32_t side = pixels.width > pixels.height ? pixels.width : pixels.height;
  const uint64_t pixelLimit = (uint64_t)(pixels.width + margin) * (pixels.height + margin);
  Reader reader;
  GraftImageOutcome outcome =
      open_reader(&reader, bytes, byteCount, pixelLimit, (int)side + margin);
  if (outcome.status == GraftImageStatusDone) outcome = copy_pixels(&reader, pixels);
  close_reader(&reader);
  return outcome;
}
