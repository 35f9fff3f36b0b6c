/// Loops over 8-bit RGBA pixels (four bytes each): resampling, compositing, turning, normalization.
///
/// Resampling gives Pillow's bytes exactly (`src/libImaging/Resample.c`): weights in double precision,
/// rounded to 22 fractional bits, horizontal pass first, each pass rounded to 8 bits. Sums of integers
/// do not depend on their order, so the loops are free to use vectors.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum GraftFilter {
  GraftFilterBox = 0,
  GraftFilterBilinear,
  GraftFilterBicubic,
  GraftFilterLanczos,
} GraftFilter;

/// A rectangle of pixels inside a larger picture.
typedef struct GraftPixelView {
  uint8_t *_Nonnull bytes;
  size_t rowByteCount;
  int width;
  int height;
} GraftPixelView;

/// The source pixels that one destination pixel is made of.
typedef struct GraftTapRange {
  int32_t first;
  int32_t count;
} GraftTapRange;

/// Weights of a pass along one axis: of destination pixel `i` they begin at `i * stride`.
typedef struct GraftTaps {
  const GraftTapRange *_Nonnull ranges;
  const int32_t *_Nonnull weights;
  int stride;
} GraftTaps;

/// The greatest number of source pixels that a destination pixel can be made of.
int graft_tap_limit(GraftFilter filter, int sourceCount, int destinationCount);

/// Computes the weights of destination pixels `first ..< first + count` of a pass that maps
/// `sourceCount` pixels to `destinationCount`. `scratch` holds `graft_tap_limit` doubles, `ranges`
/// holds `count` and `weights` `count * graft_tap_limit` elements.
void graft_compute_taps(
    GraftFilter filter, int sourceCount, int destinationCount, int first, int count,
    double *_Nonnull scratch, GraftTapRange *_Nonnull ranges, int32_t *_Nonnull weights);

/// Resamples rows: `destination.height` rows of `source`, from its first, to `destination.width`.
void graft_resample_rows(GraftPixelView source, GraftPixelView destination, GraftTaps taps);

/// Resamples columns: `destination.width` columns of `source` to `destination.height`. The taps count
/// rows from `firstRow`, which is the first row that `source` holds.
void graft_resample_columns(
    GraftPixelView source, GraftPixelView destination, GraftTaps taps, int firstRow);

/// Lays pixels with alpha over an opaque colour, rounded to nearest as Pillow does; a copy where
/// `source` has no alpha is `graft_copy`. Both may be the same view.
void graft_composite(
    GraftPixelView source, GraftPixelView destination, const uint8_t colour[_Nonnull 4]);

/// Copies pixels of views of the same size.
void graft_copy(GraftPixelView source, GraftPixelView destination);

/// Fills a view with one colour.
void graft_fill_pixels(GraftPixelView destination, const uint8_t colour[_Nonnull 4]);

/// Turns a picture upright: `orientation` 2 to 8 as EXIF counts them; 5 to 8 swap the sides.
void graft_turn_upright(GraftPixelView source, GraftPixelView destination, int orientation);

/// Looks up each channel's 256 values: destination value `c` of a pixel is
/// `table[c * 256 + pixel[order[c]]]`, `channelCount` floats a pixel, rows packed.
void graft_normalize(
    GraftPixelView source, const float *_Nonnull table, const uint8_t *_Nonnull order,
    int channelCount, float *_Nonnull destination);

/// Writes the luma of each pixel (ITU-R 601, as Pillow rounds it) into its first three channels.
void graft_make_gray(GraftPixelView pixels);

/// What lies outside a picture that is transformed.
typedef enum GraftBorder {
  /// The nearest pixel of the edge.
  GraftBorderNearest = 0,
  /// The picture mirrored at its edge: d c b a | a b c d | d c b a.
  GraftBorderReflect,
  /// One colour.
  GraftBorderConstant,
} GraftBorder;

/// Transforms a picture: the pixel at row r, column c of the result is the source, interpolated
/// linearly, at row `m[0] r + m[1] c + m[2]`, column `m[3] r + m[4] c + m[5]`.
void graft_transform(
    GraftPixelView source, GraftPixelView destination, const double m[_Nonnull 6],
    GraftBorder border, const uint8_t colour[_Nonnull 4]);

/// The sum of the lumas of all pixels.
uint64_t graft_sum_luma(GraftPixelView pixels);

/// Moves every channel away from (factor > 1) or towards (factor < 1) one level, as Pillow's
/// `Image.blend` does.
void graft_blend_with_level(GraftPixelView pixels, uint8_t level, float factor);

/// The same with each pixel's own luma.
void graft_blend_with_luma(GraftPixelView pixels, float factor);

/// Turns the hue by `shift` of 256 steps, through Pillow's 8-bit HSV.
void graft_shift_hue(GraftPixelView pixels, uint8_t shift);

#ifdef __cplusplus
}
#endif
