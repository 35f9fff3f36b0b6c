import Foundation

/// How the learning rate changes over training; gives the factor for each step.
public enum RateSchedule: Hashable, Sendable, Codable {
  /// Always the optimizer's rate.
  case constant
  /// Falls to zero along half a cosine (Loshchilov and Hutter 2017).
  case cosine
  /// Falls to zero in a straight line.
  case linear
  /// Multiplied by `factor` after each of the given epochs.
  case steps(epochs: [Int], factor: Float)
  /// Multiplied by `factor` after every epoch.
  case exponential(factor: Float)

  /// What the optimizer's rate is multiplied by.
  ///
  /// - Parameters:
  ///   - step: Steps done so far, from 0.
  ///   - stepsPerEpoch: At least 1.
  ///   - warmup: The factor rises in a straight line over this many first steps.
  public func factor(step: Int, stepsPerEpoch: Int, epochs: Int, warmup: Int = 0) -> Float {
    if step < warmup { return Float(step + 1) / Float(warmup + 1) }
    let total = max(stepsPerEpoch * epochs - warmup, 1)
    let progress = min(Float(step - warmup) / Float(total), 1)
    let epoch = step / max(stepsPerEpoch, 1)
    switch self {
    case .constant: return 1
    case .cosine: return (1 + cos(Float.pi * progress)) / 2
    case .linear: return 1 - progress
    case .steps(let epochs, let factor):
      return pow(factor, Float(epochs.filter { $0 <= epoch }.count))
    case .exponential(let factor): return pow(factor, Float(epoch))
    }
  }
}
