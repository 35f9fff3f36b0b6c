// WebP to RGBA with libwebp; animations with libwebpdemux.
#include <webp/decode.h>
#include <webp/demux.h>

#include "outcome.h"

static GraftImageOutcome outcome_of(VP8StatusCode code) {
  switch (code) {
    case VP8_STATUS_OK:
      return graft_done();
    case VP8_STATUS_OUT_OF_MEMORY:
      return graft_outcome(GraftImageStatusOutOfMemory, "no memory for libwebp");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return graft_outcome(GraftImageStatusTruncated, "the file ends inside the picture");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return graft_outcome(GraftImageStatusUnsupported, "a WebP feature libwebp does not know");
    default:
      return graft_outcome(GraftImageStatusDamaged, "libwebp cannot make sense of the bitstream");
  }
}

GraftImageOutcome graft_webp_read_header(
    const uint8_t *bytes, size_t byteCount, GraftImageHeader *header) {
  WebPBitstreamFeatures features;
  const VP8StatusCode code = WebPGetFeatures(bytes, byteCount, &features);
  if (code != VP8_STATUS_OK) return outcome_of(code);
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  header->hasAlpha = features.has_alpha != 0;
  return graft_done();
}

static GraftImageOutcome decode_still(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    return graft_outcome(GraftImageStatusUnsupported, "libwebp is older than its headers");
  }
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels.bytes;
  config.output.u.RGBA.stride = (int)pixels.rowByteCount;
  config.output.u.RGBA.size = pixels.rowByteCount * pixels.height;
  return outcome_of(WebPDecode(bytes, byteCount, &config));
}

static GraftImageOutcome decode_animation(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) {
    return graft_outcome(GraftImageStatusUnsupported, "libwebpdemux is older than its headers");
  }
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const WebPData data = {bytes, byteCount};
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
  if (decoder == NULL) {
    return graft_outcome(GraftImageStatusDamaged, "libwebp cannot make sense of the animation");
  }
  uint8_t *canvas = NULL;
  int timestamp = 0;
  const int isRead = WebPAnimDecoderGetNext(decoder, &canvas, &timestamp);
  if (isRead) {
    const size_t rowByteCount = 4 * (size_t)pixels.width;
    for (uint32_t y = 0; y < pixels.height; y += 1) {
      memcpy(pixels.bytes + y * pixels.rowByteCount, canvas + y * rowByteCount, rowByteCount);
    }
  }
  WebPAnimDecoderDelete(decoder);
  if (isRead) return graft_done();
  return graft_outcome(GraftImageStatusDamaged, "the first frame of the animation is damaged");
}

GraftImageOutcome graft_webp_decode(
    const uint8_t *bytes, size_t byteCount, GraftImagePixels pixels) {
  WebPBitstreamFeatures features;
  const VP8StatusCode code = WebPGetFeatures(bytes, byteCount, &features);
  if (code != VP8_STATUS_OK) return outcome_of(code);
  if ((uint32_t)features.width != pixels.width || (uint32_t)features.height != pixels.height) {
    return graft_outcome(GraftImageStatusDamaged, "the size changed while reading");
  }
  if (features.has_animation) return decode_animation(bytes, byteCount, pixels);
  return decode_still(bytes, byteCount, pixels);
}
