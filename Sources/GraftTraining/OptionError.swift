import GraftGraph

/// A number among the options of training that makes no sense.
public struct OptionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The option's name.
  public let option: String
  /// What was given.
  public let value: String
  /// What may be given.
  public let expected: String

  public var description: String { "\(option) is \(value); it must be \(expected)" }

  static func check(
    _ option: String, _ value: Int, in range: ClosedRange<Int>
  ) throws(OptionError) {
    guard range.contains(value) else {
      throw OptionError(
        option: option, value: "\(value)",
        expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Makes sure of a number from 0 on.
  ///
  /// - Throws: ``OptionError``.
  public static func check(
    _ option: String, _ value: Float, below limit: Float = .infinity
  ) throws(OptionError) {
    guard value >= 0, value < limit else {
      throw OptionError(
        option: option, value: "\(value)",
        expected: limit.isFinite ? "a number from 0 on and below \(limit)" : "a number from 0 on")
    }
  }
}

extension TrainingOptions {
  /// The most samples of a step.
  public static let largestBatchSize = 1 << 16

  /// - Throws: ``OptionError`` with the first number that makes no sense.
  public func validate() throws(OptionError) {
    try OptionError.check("epochs", epochs, in: 0...1_000_000)
    try OptionError.check("batchSize", batchSize, in: 1...Self.largestBatchSize)
    try OptionError.check("warmupSteps", warmupSteps, in: 0...1 << 40)
    try OptionError.check("featureMemoryLimit", featureMemoryLimit, in: 0...Int.max)
    if let patience { try OptionError.check("patience", patience, in: 1...Int.max) }
    switch schedule {
    case .constant, .cosine, .linear: break
    case .steps(_, let factor), .exponential(let factor):
      try OptionError.check("the schedule's factor", factor)
    }
  }
}

extension TrainingConfiguration {
  /// - Throws: ``OptionError`` with the first number that makes no sense.
  public func validate() throws(OptionError) {
    try OptionError.check("the rate", optimizer.rate)
    try OptionError.check("weightDecay", optimizer.weightDecay)
    try OptionError.check("momentum", optimizer.momentum)
    try OptionError.check("beta1", optimizer.beta1, below: 1)
    try OptionError.check("beta2", optimizer.beta2, below: 1)
    try OptionError.check("epsilon", optimizer.epsilon)
    try OptionError.check("l2Penalty", l2Penalty)
    try loss.validate()
    try checkMetricNames()
  }

  /// Values are known by the metrics' names: of two with one name, one would be lost.
  private func checkMetricNames() throws(OptionError) {
    var known: Set<String> = [TensorName.loss]
    for metric in metrics where !known.insert(metric.name).inserted {
      throw OptionError(
        option: "the name of the metric \(type(of: metric))", value: "'\(metric.name)'",
        expected: "another than those of the loss and the other metrics")
    }
  }
}
