// Weights of Pillow's resampling filters.
#include <math.h>

#include "GraftImageKernels.h"

#pragma STDC FP_CONTRACT OFF

enum { fractionBits = 22 };

static double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

static double bilinear(double x) {
  if (x < 0.0) x = -x;
  return x < 1.0 ? 1.0 - x : 0.0;
}

static double bicubic(double x) {
  const double a = -0.5;
  if (x < 0.0) x = -x;
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

static double sinc(double x) {
  if (x == 0.0) return 1.0;
  x = x * 3.14159265358979323846;
  return sin(x) / x;
}

static double lanczos(double x) {
  return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
}

typedef struct Filter {
  double (*weight)(double);
  double support;
} Filter;

static Filter filter_of(GraftFilter filter) {
  switch (filter) {
    case GraftFilterBox:
      return (Filter){box, 0.5};
    case GraftFilterBilinear:
      return (Filter){bilinear, 1.0};
    case GraftFilterBicubic:
      return (Filter){bicubic, 2.0};
    default:
      return (Filter){lanczos, 3.0};
  }
}

static double larger(double a, double b) { return a > b ? a : b; }

int graft_tap_limit(GraftFilter filter, int sourceCount, int destinationCount) {
  const double scale = (double)sourceCount / destinationCount;
  const double support = filter_of(filter).support * larger(scale, 1.0);
  return (int)ceil(support) * 2 + 1;
}

static int32_t fixed(double weight) {
  const double scaled = weight * (1 << fractionBits);
  return (int32_t)(weight < 0 ? -0.5 + scaled : 0.5 + scaled);
}

void graft_compute_taps(
    GraftFilter kind, int sourceCount, int destinationCount, int first, int count,
    double *scratch, GraftTapRange *ranges, int32_t *weights) {
  const Filter filter = filter_of(kind);
  const int stride = graft_tap_limit(kind, sourceCount, destinationCount);
  const double scale = (double)sourceCount / destinationCount;
  const double filterScale = larger(scale, 1.0);
  const double support = filter.support * filterScale;
  const double inverse = 1.0 / filterScale;
  for (int i = 0; i < count; i += 1) {
    const double centre = (first + i + 0.5) * scale;
    int from = (int)(centre - support + 0.5);
    int to = (int)(centre + support + 0.5);
    if (from < 0) from = 0;
    if (to > sourceCount) to = sourceCount;
    double sum = 0.0;
    for (int tap = 0; tap < to - from; tap += 1) {
      scratch[tap] = filter.weight((tap + from - centre + 0.5) * inverse);
      sum += scratch[tap];
    }
    int32_t *row = weights + (size_t)i * (size_t)stride;
    for (int tap = 0; tap < to - from; tap += 1) {
      row[tap] = fixed(sum != 0.0 ? scratch[tap] / sum : scratch[tap]);
    }
    ranges[i] = (GraftTapRange){from, to - from};
  }
}
