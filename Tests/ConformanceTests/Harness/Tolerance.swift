/// How far a result may be from its reference: the one place that says so.
///
/// Summing n terms in single precision in any order moves the sum by at most about n · ε · Σ|term|
/// and, since rounding errors have either sign, typically by less than ε · Σ|term|; a quotient,
/// root, exponential or error function adds a few ε. Winograd's transforms make that some ten times
/// as large (Lavin and Gray 2016). So every element may be off by a fixed number of ε for each unit
/// of its ``ReferenceTensor/magnitudes``, whatever the operation and its depth.
enum Tolerance {
  /// The spacing of single-precision numbers at 1.
  static let singleEpsilon = Double(Float.ulpOfOne)
  /// What any element may be off: devices may flush subnormal numbers to zero, and let exponentials
  /// end at a number just above the smallest normal one.
  static let smallest = 2 * Double(Float.leastNormalMagnitude)
  /// How many ε an element may be off per unit of magnitude.
  static let roundings = 16.0
  /// The magnitude whose error is ``smallest``: of a factor that may have underflowed.
  static let underflowMagnitude = smallest / (roundings * singleEpsilon)

  /// The largest error of an element of the given magnitude.
  static func error(magnitude: Double) -> Double {
    roundings * singleEpsilon * magnitude + smallest
  }

  /// The step of a central difference around `x`: the error of the difference that comes from the
  /// curve is of order step², the one from rounding of order 1e-16 / step.
  static func differenceStep(at x: Double) -> Double { 1e-5 * max(1, abs(x)) }

  /// The largest error of a central difference of a loss near `loss`, in double precision.
  static func differenceError(loss: Double, derivative: Double) -> Double {
    1e-8 * (1 + abs(loss) + abs(derivative))
  }
}
