/// Thin, bounded wrappers around libjpeg-turbo, libpng, libwebp, libtiff, giflib and libheif, and small
/// readers of the plain formats BMP and PNM.
///
/// Every decoder works in two calls on a whole file held in memory: read the header, let the caller
/// check the size and provide the pixels, then decode. No state lives between the calls, no pointer
/// is kept, and the libraries' long jumps never leave this module. Pixels are 8-bit red, green, blue,
/// alpha (or an undefined fourth byte where the header says that there is no alpha).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What became of a call.
typedef enum GraftImageStatus {
  GraftImageStatusDone = 0,
  /// The data ends before the picture does.
  GraftImageStatusTruncated,
  /// The data contradicts its own format.
  GraftImageStatusDamaged,
  /// A valid file of a kind that the library cannot decode.
  GraftImageStatusUnsupported,
  GraftImageStatusOutOfMemory,
} GraftImageStatus;

/// The outcome with the library's own words, empty when done.
typedef struct GraftImageOutcome {
  GraftImageStatus status;
  char reason[224];
} GraftImageOutcome;

/// What a file says about its picture before it is decoded.
typedef struct GraftImageHeader {
  uint32_t width;
  uint32_t height;
  bool hasAlpha;
  /// As EXIF counts it, where the format's own header says so; otherwise 0.
  uint8_t orientation;
} GraftImageHeader;

/// Pixels to be written (by decoders) or read (by encoders), four bytes each.
typedef struct GraftImagePixels {
  uint8_t *_Nonnull bytes;
  size_t rowByteCount;
  uint32_t width;
  uint32_t height;
} GraftImagePixels;

/// Kinds of metadata that can hold an orientation.
typedef enum GraftImageMetadata {
  /// A TIFF directory, perhaps behind "Exif\0\0".
  GraftImageMetadataExif,
  /// The same as hexadecimal text behind a three-line head, as ImageMagick writes it.
  GraftImageMetadataExifText,
  GraftImageMetadataXMP,
} GraftImageMetadata;

/// Receives metadata while a file is decoded; the bytes are valid during the call only.
typedef void (*GraftImageMetadataHandler)(
    void *_Nullable context, GraftImageMetadata kind, const uint8_t *_Nonnull bytes,
    size_t byteCount);

/// Reads the size of a JPEG as it is decoded at one `denominator`-th (1, 2, 4 or 8) of its size.
GraftImageOutcome graft_jpeg_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, int denominator,
    GraftImageHeader *_Nonnull header);

/// Decodes a JPEG with the accurate inverse transform and smooth chroma upsampling (libjpeg's
/// defaults). Gray, YCbCr, RGB, CMYK and YCCK become RGB; the latter two as Adobe writes them.
GraftImageOutcome graft_jpeg_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, int denominator, GraftImagePixels pixels);

/// Encodes pixels as a baseline JPEG of `quality` 1 to 100; the caller frees `*encoded` with `free`.
GraftImageOutcome graft_jpeg_encode(
    GraftImagePixels pixels, int quality, uint8_t *_Nullable *_Nonnull encoded,
    size_t *_Nonnull encodedByteCount);

GraftImageOutcome graft_png_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImageHeader *_Nonnull header);

/// Decodes a PNG of any kind: samples of 16 bits keep their high byte, gamma and colour profiles are
/// left alone, transparent colours become alpha.
GraftImageOutcome graft_png_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels,
    GraftImageMetadataHandler _Nullable handler, void *_Nullable context);

GraftImageOutcome graft_webp_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImageHeader *_Nonnull header);

/// Decodes a WebP; of an animation, its first frame on a transparent canvas.
GraftImageOutcome graft_webp_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels);

GraftImageOutcome graft_bmp_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImageHeader *_Nonnull header);

/// Decodes a BMP: palettes, 16, 24 and 32 bits, bit fields, run lengths; bottom up or top down.
GraftImageOutcome graft_bmp_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels);

GraftImageOutcome graft_pnm_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImageHeader *_Nonnull header);

/// Decodes a PBM, PGM or PPM, as text or binary, of up to 16 bits.
GraftImageOutcome graft_pnm_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels);

GraftImageOutcome graft_gif_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImageHeader *_Nonnull header);

/// Decodes the first frame of a GIF on its screen.
GraftImageOutcome graft_gif_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels);

GraftImageOutcome graft_tiff_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImageHeader *_Nonnull header);

/// Decodes the first picture of a TIFF: gray, palette, RGB, CMYK and YCbCr of up to 16 bits, of which the
/// high byte is kept.
GraftImageOutcome graft_tiff_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels);

/// Reads the upright size of a HEIC or AVIF picture, for which libheif must be installed.
///
/// `pixelLimit` bounds what libheif decodes, also of pictures inside the picture.
GraftImageOutcome graft_heif_read_header(
    const uint8_t *_Nonnull bytes, size_t byteCount, uint64_t pixelLimit,
    GraftImageHeader *_Nonnull header);

/// Decodes the primary picture of a HEIC or AVIF file, upright.
GraftImageOutcome graft_heif_decode(
    const uint8_t *_Nonnull bytes, size_t byteCount, GraftImagePixels pixels);

#ifdef __cplusplus
}
#endif
