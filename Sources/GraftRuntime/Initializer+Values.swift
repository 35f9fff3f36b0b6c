import Foundation
import GraftGraph

extension Initializer {
  /// The initial values of a parameter: a pure function of its declaration and the seed.
  func values(for parameter: Parameter, seed: UInt64) -> [Float] {
    let shape = parameter.type.shape
    var generator = SplitMix64(seed: seed ^ parameter.path.description.stableHash)
    let (inputs, outputs) = parameter.fans
    switch self {
    case .constant(let value): return Array(repeating: value, count: shape.count)
    case .glorotUniform:
      let limit = Float((6 / Double(max(inputs + outputs, 1))).squareRoot())
      return (0..<shape.count).map { _ in (generator.nextUnit() * 2 - 1) * limit }
    case .heNormal:
      let deviation = Float((2 / Double(max(outputs, 1))).squareRoot())
      return (0..<shape.count).map { _ in generator.nextNormal() * deviation }
    }
  }
}

extension Parameter {
  /// How many inputs one output sees, and how many outputs one input feeds: in a depthwise
  /// convolution only those of its own channel, or random values would fade from layer to layer.
  fileprivate var fans: (inputs: Int, outputs: Int) {
    let extents = type.shape.extents
    guard extents.count >= 2 else { return (type.shape.count, type.shape.count) }
    let field = extents.dropLast(2).reduce(1, *)
    if role == .depthwiseKernel { return (field, field) }
    return (field * extents[extents.count - 2], field * extents[extents.count - 1])
  }
}

extension String {
  /// FNV-1a over the UTF-8 bytes: the same in every process and on every platform.
  package var stableHash: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

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
