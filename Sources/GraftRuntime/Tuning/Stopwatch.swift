/// What a tuner measures with: the seconds since some moment.
package struct Stopwatch: Sendable {
  package var seconds: @Sendable () -> Double

  package init(seconds: @escaping @Sendable () -> Double) {
    self.seconds = seconds
  }

  /// The machine's own clock.
  package static var continuous: Stopwatch {
    let start = ContinuousClock.now
    return Stopwatch { (ContinuousClock.now - start) / .seconds(1) }
  }
}
