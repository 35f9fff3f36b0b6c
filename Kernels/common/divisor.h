// Division of indices by numbers that only the host knows: a multiplication and a shift, as a compiler
// makes of a division by a constant. The host computes both (Lowering/Divisor.swift).

typedef struct {
  int value;
  uint multiplier;
  int shift;
} Divisor;

// n / divisor, rounded down; n is not negative.
int quotient(const int n, const Divisor divisor) {
  return (int)(mul_hi((uint)n << 1, divisor.multiplier) >> divisor.shift);
}
