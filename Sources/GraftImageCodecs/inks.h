// Inks to colours as Pillow does it, rounded to nearest: shared by the readers of printed pictures.
#pragma once

#include <stdint.h>

/// Replaces the first three of a pixel's inks (255 is full) by red, green and blue; `white` is what the
/// black ink leaves of the paper.
static inline void graft_inks_to_colours(uint8_t *pixel, unsigned white) {
  for (int c = 0; c < 3; c += 1) {
    const unsigned product = pixel[c] * white + 128u;
    const unsigned ink = ((product >> 8) + product) >> 8;
    pixel[c] = (uint8_t)(white - ink);
  }
}
