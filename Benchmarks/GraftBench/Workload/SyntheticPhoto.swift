import Foundation
import Graft
import GraftRandom

/// Pictures with about as much detail as photos, for when none are given.
enum SyntheticPhoto {
  /// Soft waves of colour with a little noise, as a JPEG file of quality 90.
  static func jpegData(width: Int, height: Int, seed: UInt64) throws -> Data {
    var generator = SplitMix64(seed: seed)
    let waves = (0..<6).map { _ in
      (0..<4).map { _ in Double.random(in: -0.05...0.05, using: &generator) }
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        let noise = Double.random(in: -8...8, using: &generator)
        for channel in 0..<3 {
          let level = waves.enumerated().reduce(128 + noise) { level, wave in
            let (index, factors) = (wave.offset, wave.element)
            let phase = factors[0] * Double(x) + factors[1] * Double(y) + Double(index * channel)
            return level + 20 * sin(phase)
          }
          pixels.append(UInt8(min(max(level, 0), 255)))
        }
      }
    }
    return try RGBImage(size: ImageSize(width: width, height: height), pixels: pixels)
      .jpegData(quality: 90)
  }
}
