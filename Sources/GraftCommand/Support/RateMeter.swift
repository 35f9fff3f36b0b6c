import Graft

/// Samples a second since the first note.
struct RateMeter {
  private var start: ContinuousClock.Instant?
  private var firstCount = 0
  private(set) var rate: Double?

  mutating func note(_ count: Int) {
    guard let start else {
      (start, firstCount) = (.now, count)
      return
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if seconds > 0 { rate = Double(count - firstCount) / seconds }
  }

  func detail(remaining: Int) -> String {
    guard let rate, rate > 0 else { return "" }
    return "\(Format.fixed(rate, 1)) images/s  \(Format.duration(Double(remaining) / rate)) left"
  }
}
