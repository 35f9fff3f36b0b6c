public import GraftData
public import GraftLayers
public import GraftTraining

/// One class a sample, of pictures, texts or anything that a preprocessor turns into tensors.
///
/// The network gives `output`: a score for each class, or one for the second of two.
public struct Classification<Inputs: Preprocessor>: ScoringTask {
  public typealias Sample = Labeled<Inputs.Sample, Int>
  public typealias Augmentation = Inputs.Augmentation

  /// How inputs become tensors.
  public var inputs: Inputs
  /// How many classes there are.
  public var classCount: Int
  /// Whether one output tells the second of two classes from the first.
  public var isBinary: Bool
  @Described public var loss: any Loss
  @DescribedList private var ownMetrics: [any Metric]
  private var hasOwnMetrics = false

  /// - Parameters:
  ///   - inputs: How inputs become tensors.
  ///   - classCount: How many classes there are.
  ///   - loss: Of one score a class, or of one score where `isBinary`.
  ///   - isBinary: Whether one output tells the second of two classes from the first.
  public init(
    _ inputs: Inputs, classCount: Int, loss: some Loss = .crossEntropy, isBinary: Bool = false
  ) {
    (self.inputs, self.classCount, self.isBinary) = (inputs, classCount, isBinary)
    _loss = Described(wrappedValue: loss)
    _ownMetrics = DescribedList(wrappedValue: [])
  }

  /// By default the accuracy, where the loss is one of probabilities.
  public var metrics: [any Metric] {
    get {
      if hasOwnMetrics { return ownMetrics }
      return switch activation {
      case .softmax: [Accuracy(.mostProbable)]
      case .sigmoid: [Accuracy(.eachAnswer)]
      case .none: []
      }
    }
    set { (ownMetrics, hasOwnMetrics) = (newValue, true) }
  }

  private var activation: OutputActivation {
    OutputActivation(of: loss, outputCount: outputCount)
  }

  /// Whether the loss is one of a single output that tells two classes apart.
  package var takesOneOutput: Bool { OutputActivation(of: loss, outputCount: 1) == .sigmoid }

  private var outputCount: Int { isBinary ? 1 : classCount }

  public var signatures: [Signature] {
    let target = TensorSpec(TensorName.targets, [outputCount], kind: .target)
    return inputs.signatures.map { $0 + [target] }
  }

  public func signature(of sample: Sample) throws -> Int { try inputs.signature(of: sample.input) }

  public var isRandom: Bool { inputs.isRandom }

  public func makeWriter(_ augmentation: Inputs.Augmentation?) throws -> SampleWriter<Sample> {
    let (classCount, isBinary) = (classCount, isBinary)
    return try inputs.makeWriter(augmentation) { (label: Int?, targets) in
      guard let label, (0..<classCount).contains(label) else {
        throw LabelError(label: label, classCount: classCount)
      }
      if isBinary {
        targets[0] = Float(label)
      } else {
        targets.update(repeating: 0)
        targets[label] = 1
      }
    }
  }

  public func check(_ outputs: Signature) throws {
    let found = outputs[TensorName.output]?.type.shape
    guard found == [outputCount] else {
      throw TaskError("a network for \(classCount) classes", of: outputCount, found: outputs)
    }
  }

  public func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors {
    activation.predictions(outputs, in: scope)
  }

  public func prediction(_ row: TensorValues, of sample: Sample) -> ClassPrediction {
    ClassPrediction(outputs: row[TensorName.predictions], label: sample.label)
  }
}

/// What a model says of one sample.
public struct ClassPrediction: Hashable, Sendable {
  /// The sample's position among those that were asked about.
  public var sample: Int
  /// One for each class.
  public var probabilities: [Float]
  /// The right class, if it is known.
  public var label: Int?

  /// What a model says of a sample.
  public init(sample: Int = 0, probabilities: [Float], label: Int? = nil) {
    (self.sample, self.probabilities, self.label) = (sample, probabilities, label)
  }

  /// One output answers yes or no: its complement is the first class.
  public init(sample: Int = 0, outputs: [Float], label: Int? = nil) {
    self.init(
      sample: sample, probabilities: outputs.count == 1 ? [1 - outputs[0], outputs[0]] : outputs,
      label: label)
  }

  /// The most probable class.
  public var predicted: Int {
    probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
  }
  /// The probability of the predicted class.
  public var probability: Float { probabilities.isEmpty ? 0 : probabilities[predicted] }
  /// Whether the prediction is right, if that is known.
  public var isRight: Bool? { label.map { $0 == predicted } }
}
