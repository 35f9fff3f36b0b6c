public import GraftData
public import GraftLayers
public import GraftTraining

/// Any number of classes a sample, of pictures, texts or anything that a preprocessor turns into tensors.
///
/// The network gives `output`: a score for each class, each by itself. A sample is labelled with the
/// numbers of its classes; where it has none, with the empty set.
public struct MultiLabel<Inputs: Preprocessor>: ScoringTask {
  public typealias Sample = Labeled<Inputs.Sample, Set<Int>>
  public typealias Augmentation = Inputs.Augmentation

  /// How inputs become tensors.
  public var inputs: Inputs
  /// How many classes there are.
  public var classCount: Int
  /// A class is predicted where its probability is greater than this.
  public var threshold: Float
  @Described public var loss: any Loss
  /// By default the share of right answers, and of samples with no wrong one.
  @DescribedList public var metrics: [any Metric]

  /// - Parameters:
  ///   - inputs: How inputs become tensors.
  ///   - classCount: How many classes there are.
  ///   - threshold: A class is predicted where its probability is greater than this.
  ///   - loss: Of one score a class.
  public init(
    _ inputs: Inputs, classCount: Int, threshold: Float = 0.5,
    loss: some Loss = .binaryCrossEntropy
  ) {
    (self.inputs, self.classCount, self.threshold) = (inputs, classCount, threshold)
    _loss = Described(wrappedValue: loss)
    _metrics = DescribedList(wrappedValue: [Accuracy(.eachAnswer), ExactMatch()])
  }

  public var signatures: [Signature] {
    let target = TensorSpec(TensorName.targets, [classCount], kind: .target)
    return inputs.signatures.map { $0 + [target] }
  }

  public func signature(of sample: Sample) throws -> Int { try inputs.signature(of: sample.input) }

  public var isRandom: Bool { inputs.isRandom }

  public func check(_ sample: Sample) throws { try inputs.check(sample.input) }

  public func makeWriter(_ augmentation: Inputs.Augmentation?) throws -> SampleWriter<Sample> {
    let classCount = classCount
    return try inputs.makeWriter(augmentation) { (labels: Set<Int>?, targets) in
      let other = labels?.sorted().first { !(0..<classCount).contains($0) }
      guard let labels, other == nil else {
        throw LabelError(label: other, classCount: classCount)
      }
      for index in targets.indices { targets[index] = labels.contains(index) ? 1 : 0 }
    }
  }

  public func check(_ outputs: Signature) throws {
    guard outputs[TensorName.output]?.type.shape == [classCount] else {
      throw TaskError("a network for \(classCount) classes", of: classCount, found: outputs)
    }
  }

  public func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors {
    OutputActivation.sigmoid.predictions(outputs, in: scope)
  }

  public func prediction(_ row: TensorValues, of sample: Sample) -> LabelsPrediction {
    LabelsPrediction(
      probabilities: row[TensorName.predictions], threshold: threshold, expected: sample.label)
  }
}

/// Which classes a model says that a sample has.
public struct LabelsPrediction: Hashable, Sendable {
  /// One for each class.
  public var probabilities: [Float]
  /// A class is predicted where its probability is greater than this.
  public var threshold: Float
  /// The right classes, if they are known.
  public var expected: Set<Int>?

  /// What a model says of a sample.
  public init(probabilities: [Float], threshold: Float = 0.5, expected: Set<Int>? = nil) {
    (self.probabilities, self.threshold) = (probabilities, threshold)
    self.expected = expected
  }

  /// The classes whose probability is greater than the threshold.
  public var labels: Set<Int> {
    Set(probabilities.indices.filter { probabilities[$0] > threshold })
  }
  /// Whether no class is missing or too many, if that is known.
  public var isRight: Bool? { expected.map { $0 == labels } }
}
