import GraftData
import GraftGraph
public import GraftTraining

/// A task that reads `output`, a row of scores that a layer with weights computes: not the features of a
/// bare backbone.
public protocol ScoringTask: LearningTask {}

extension Preprocessor {
  /// Writes inputs and, where they are wanted, a row of target numbers.
  func makeWriter<Label>(
    _ augmentation: Augmentation?,
    targets: @escaping (Label?, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> SampleWriter<Labeled<Sample, Label>> {
    let write = try makeWriter(augmentation)
    return { sample, row, random in
      try write(sample.input, row, &random)
      guard row.wants(TensorName.targets) else { return }
      try targets(sample.label, row.floats(TensorName.targets))
    }
  }
}

/// A sample without a label, or with one that is no class.
public struct LabelError: Error, Hashable, Sendable, CustomStringConvertible {
  public let label: Int?
  public let classCount: Int

  public var description: String {
    label.map {
      "the label of a sample is \($0), but the \(classCount) classes are numbered from 0 to "
        + "\(classCount - 1)"
    } ?? "a sample has no label; training and evaluation need one for each"
  }
}

/// A sample without numbers, or with such that can't be learned.
public struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
  public let target: [Float]?
  public let expectedCount: Int

  public var description: String {
    target.map {
      "the target of a sample is \($0); \(expectedCount) finite numbers are needed"
    } ?? "a sample has no target; training and evaluation need one for each"
  }
}

/// A network that doesn't fit its task.
public struct TaskError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// A network of such a kind that gives something else than a row of so many scores.
  init(_ kind: String, of outputCount: Int, found outputs: Signature) {
    self.init(
      "\(kind) gives '\(TensorName.output)' [\(outputCount)], but this one gives \(outputs); end it "
        + "with Dense(\(outputCount))")
  }
}
