extension Int {
  /// The quotient, rounded up.
  package func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }

  /// The next multiple of `step`.
  package func roundedUp(to step: Int) -> Int { dividedRoundingUp(by: step) * step }

  /// The size of the parts into which so many things are cut: about the same for all parts, for all but
  /// the last a multiple of `step`, and not above `most`, which is one.
  package func cut(intoAtMost most: Int, multiplesOf step: Int = 1) -> Int {
    dividedRoundingUp(by: Swift.max(1, dividedRoundingUp(by: most))).roundedUp(to: step)
  }
}
