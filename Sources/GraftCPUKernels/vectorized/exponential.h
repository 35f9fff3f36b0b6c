// exp, sigmoid and tanh of a vector, to about 1e-7 relative. Included by bodies that need them.

/// exp(x): 2^n · e^r with |r| <= ln(2) / 2 and e^r by a polynomial (Cephes, Moshier).
INLINE vec NAME(exponential)(vec x) {
  x = at_most(at_least(x, (vec)-87.33654f), (vec)88.72283f);
  vec shifted = x * 1.44269504f + 12582912.0f;  // 1.5 · 2^23: rounds to the nearest integer.
  vec n = shifted - 12582912.0f;
  vec r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // n reaches 128, whose power has no float: two halves have.
  ivec exponent = (ivec)shifted - 0x4B400000;
  ivec half = exponent >> 1;
  vec low = (vec)((half + 127) << 23);
  vec high = (vec)((exponent - half + 127) << 23);
  return p * low * high;
}
#define exponential NAME(exponential)

INLINE vec NAME(sigmoid)(vec x) { return 1.0f / (1.0f + exponential(-x)); }
#define sigmoid NAME(sigmoid)

INLINE vec NAME(hyperbolic_tangent)(vec x) {
  vec square = x * x;
  vec p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  vec near_zero = p * square * x + x;
  vec elsewhere = 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f);
  return square < 0.390625f ? near_zero : elsewhere;
}
#define hyperbolic_tangent NAME(hyperbolic_tangent)

/// The normal distribution, 1/2 · erfc(-x / √2), to 2e-7 relative (Numerical Recipes, erfcc).
INLINE vec NAME(normal_distribution)(vec x) {
  vec z = x * 0.70710678f;
  z = z < 0 ? -z : z;
  vec t = 1.0f / (1.0f + 0.5f * z);
  vec p = t * 0.17087277f - 0.82215223f;
  p = p * t + 1.48851587f;
  p = p * t - 1.13520398f;
  p = p * t + 0.27886807f;
  p = p * t - 0.18628806f;
  p = p * t + 0.09678418f;
  p = p * t + 0.37409196f;
  p = p * t + 1.00002368f;
  p = p * t - 1.26551223f;
  vec tail = 0.5f * t * exponential(p - z * z);
  return x < 0 ? tail : 1.0f - tail;
}
#define normal_distribution NAME(normal_distribution)
