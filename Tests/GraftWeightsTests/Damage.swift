import GraftWeights

/// Damages files at random places, always the same ones for a seed.
struct Damage {
  var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(state: seed) }

  /// Reads damaged copies of a file; how many were refused with an error of the reader's own.
  mutating func refusalCount(_ original: [UInt8], rounds: Int) throws -> Int {
    let folder = try TemporaryFolder()
    var refusals = 0
    for _ in 0..<rounds {
      do {
        _ = try readAll(folder.write(damaged(original)))
      } catch is WeightFileError {
        refusals += 1
      }
    }
    return refusals
  }

  private mutating func damaged(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let position = Int.random(in: bytes.indices, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[position] = 0xFF
      case 2: bytes[position] = UInt8.random(in: 0 ... .max, using: &generator)
      default:
        // A huge positive integer of eight bytes.
        let end = min(position + 8, bytes.count)
        for index in position..<end { bytes[index] = index + 1 == end ? 0x7F : 0xFF }
      }
    }
    return bytes
  }
}

/// A small seeded generator (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
