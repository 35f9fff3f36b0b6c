/// What a step with a loss gives.
public struct StepResult: Sendable {
  /// The mean loss of the batch.
  public var loss: Float
  /// What that is the mean over; `nil` where it is the sum of the samples' weights.
  public var lossWeight: Float?
  /// What metrics traced, with the metric's name before each, and the batch's targets.
  public var values: TensorValues
}
