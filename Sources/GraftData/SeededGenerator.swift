import GraftRandom

/// A generator of random numbers whose sequence is the same on every platform and in every release.
///
/// xoshiro256++ (Blackman and Vigna), seeded through SplitMix64. The standard library's own
/// algorithms for shuffling and for ranges may change, so it brings its own.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What the numbers are for: one seed gives each purpose a sequence of its own.
  public enum Purpose: Int64, Sendable {
    case general = 0
    case split
    case augmentation = 3
    case dropout
  }

  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// A generator that depends on all of its arguments and on nothing else, so that samples can be
  /// prepared in any order by any thread.
  public init(seed: UInt64, purpose: Purpose = .general, epoch: Int = 0, index: Int = 0) {
    var mixer = SplitMix64(seed: seed)
    for key in [purpose.rawValue, Int64(epoch), Int64(index)] {
      mixer = SplitMix64(seed: mixer.next() ^ UInt64(bitPattern: key))
    }
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  public mutating func next() -> UInt64 {
    let result = (state.0 &+ state.3).rotated(left: 23) &+ state.0
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3.rotated(left: 45)
    return result
  }

  /// A number from 0 up to, not including, 1: a multiple of 2^-53.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number from the lower bound up to, not including, the upper bound (but for rounding).
  public mutating func nextDouble(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * nextUnit()
  }

  /// A whole number from 0 up to, not including, `bound`, each equally likely (Lemire 2019).
  public mutating func nextInt(below bound: Int) -> Int {
    number(below: bound)
  }

  /// True in `probability` of all cases.
  public mutating func nextBool(probability: Double) -> Bool {
    nextUnit() < probability
  }

  /// Puts the elements into random order (Fisher and Yates, from the front).
  public mutating func shuffle<Element>(_ elements: inout [Element]) { permute(&elements) }
}

extension UInt64 {
  fileprivate func rotated(left count: UInt64) -> UInt64 {
    self << count | self >> (64 - count)
  }
}
