import ArgumentParser
import Foundation

/// What numbers options take, checked before anything is read, fetched or computed.
enum Limits {
  /// The most samples of a step, and the most rows, columns and channels of an image.
  static let extent = 1...65_536
  /// Beyond it, no training would ever end.
  static let epochs = 0...1_000_000

  /// - Throws: `ValidationError` where the option was given another number.
  static func require<Number: Comparable>(
    _ option: String, _ value: Number?, in range: ClosedRange<Number>
  ) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError(
      "\(option) takes \(range.lowerBound) to \(range.upperBound), not \(value)")
  }

  /// - Throws: `ValidationError` unless the number is greater than 0 and finite.
  static func requirePositive(_ option: String, _ value: Float) throws {
    guard value > 0, value.isFinite else {
      throw ValidationError("\(option) takes a number greater than 0, not \(value)")
    }
  }

  /// - Throws: `ValidationError` unless the number is at least 0 and finite.
  static func requireNotNegative(_ option: String, _ value: Float) throws {
    guard value >= 0, value.isFinite else {
      throw ValidationError("\(option) takes a number from 0 on, not \(value)")
    }
  }
}
