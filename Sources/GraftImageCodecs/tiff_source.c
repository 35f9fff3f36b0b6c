#include "tiff_source.h"

#include <stdarg.h>

static tmsize_t read_bytes(thandle_t handle, void *destination, tmsize_t byteCount) {
  GraftTIFFSource *source = (GraftTIFFSource *)handle;
  const uint64_t left =
      source->position < source->byteCount ? source->byteCount - source->position : 0;
  const tmsize_t count = (uint64_t)byteCount < left ? byteCount : (tmsize_t)left;
  if (count < byteCount) source->isShort = true;
  if (count > 0) memcpy(destination, source->bytes + source->position, (size_t)count);
  source->position += (uint64_t)count;
  return count;
}

static tmsize_t refuse_to_write(thandle_t handle, void *bytes, tmsize_t byteCount) {
  (void)handle;
  (void)bytes;
  (void)byteCount;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int origin) {
  GraftTIFFSource *source = (GraftTIFFSource *)handle;
  const uint64_t base = origin == SEEK_CUR   ? source->position
                        : origin == SEEK_END ? source->byteCount
                                             : 0;
  source->position = base + offset;
  return source->position;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((GraftTIFFSource *)handle)->byteCount; }

static void keep_reason(GraftTIFFSource *source, const char *format, va_list arguments) {
  if (source != NULL && source->reason[0] == '\0') {
    vsnprintf(source->reason, sizeof source->reason, format, arguments);
  }
}

#if TIFFLIB_VERSION >= 20221213

enum { allocationLimit = 512 << 20 };

static int on_error(
    TIFF *tiff, void *source, const char *module, const char *format, va_list arguments) {
  (void)tiff;
  (void)module;
  keep_reason(source, format, arguments);
  return 1;
}

static int on_warning(
    TIFF *tiff, void *source, const char *module, const char *format, va_list arguments) {
  (void)tiff;
  (void)source;
  (void)module;
  (void)format;
  (void)arguments;
  return 1;
}

static TIFF *open_tiff(GraftTIFFSource *source) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, source);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, allocationLimit);
  TIFF *tiff = TIFFClientOpenExt(
      "picture", "rm", source, read_bytes, refuse_to_write, seek, close_nothing, size_of, NULL,
      NULL, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

#else

// Before 4.5 the handlers belong to the process, and are told which file it is.
static void on_error(thandle_t handle, const char *module, const char *format, va_list arguments) {
  (void)module;
  keep_reason((GraftTIFFSource *)handle, format, arguments);
}

static TIFF *open_tiff(GraftTIFFSource *source) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  TIFFSetErrorHandlerExt(on_error);
  return TIFFClientOpen(
      "picture", "rm", source, read_bytes, refuse_to_write, seek, close_nothing, size_of, NULL,
      NULL);
}

#endif

GraftImageOutcome graft_tiff_failure(const GraftTIFFSource *source) {
  const char *reason = source->reason[0] != '\0' ? source->reason : "libtiff cannot read it";
  return graft_outcome(
      source->isShort ? GraftImageStatusTruncated : GraftImageStatusDamaged, reason);
}

GraftImageOutcome graft_tiff_open(GraftTIFFSource *source, const uint8_t *bytes, size_t byteCount) {
  memset(source, 0, sizeof *source);
  source->bytes = bytes;
  source->byteCount = byteCount;
  source->tiff = open_tiff(source);
  // What libtiff misses of a directory, such as a palette, it passes over: the picture would be another.
  return source->tiff == NULL || source->isShort ? graft_tiff_failure(source) : graft_done();
}
