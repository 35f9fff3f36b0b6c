import GraftGraph

/// The values that are the best so far, and where they come from.
struct BestValues {
  /// `nil` for the values at the start.
  var epoch: Int?
  /// `nil` where they were never evaluated.
  var validation: Metrics?
  /// How many steps had been made.
  var step: Int
  /// Empty where nobody will want them back.
  var values: [ParameterPath: [Float]]

  /// Whether values of this validation loss are better; an epoch need only be as good as the start.
  func isBeaten(by loss: Float) -> Bool {
    guard let validation else { return true }
    return loss < validation.loss || epoch == nil && loss == validation.loss
  }
}

/// Where the best values of a training come from.
public struct BestEpoch: Hashable, Sendable {
  /// Counted from 1, through all fits of a learner; `nil` for the values before the first step.
  public var epoch: Int?
  /// What they were worth.
  public var validation: Metrics
}
