import Foundation

/// A small, fast and reproducible generator (Steele, Lea and Flood 2014).
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in 0..<1 with 24 bits.
  package mutating func nextUnit() -> Float { Float(next() >> 40) / 16_777_216 }

  /// Standard normal (Box and Muller 1958).
  package mutating func nextNormal() -> Float {
    let radius = (-2 * log(Double(max(nextUnit(), 1e-12)))).squareRoot()
    return Float(radius * cos(2 * Double.pi * Double(nextUnit())))
  }
}
