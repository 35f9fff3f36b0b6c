public import GraftData
public import GraftLayers
public import GraftTraining

/// Numbers for a sample, of pictures, texts or anything that a preprocessor turns into tensors.
///
/// The network gives `output`: a number for each of ``names``, as it is. Numbers of about 1 are learned
/// best: divide targets that are much greater.
public struct Regression<Inputs: Preprocessor>: ScoringTask {
  public typealias Sample = Labeled<Inputs.Sample, [Float]>
  public typealias Augmentation = Inputs.Augmentation

  /// How inputs become tensors.
  public var inputs: Inputs
  /// What the numbers are called, in order.
  public var names: [String]
  @Described public var loss: any Loss
  /// By default the mean absolute error.
  @DescribedList public var metrics: [any Metric]

  /// - Parameters:
  ///   - inputs: How inputs become tensors.
  ///   - names: What the numbers are called, in order, such as `["width", "height"]`.
  ///   - loss: Of one number a name.
  public init(_ inputs: Inputs, names: [String], loss: some Loss = .meanSquaredError) {
    (self.inputs, self.names) = (inputs, names)
    _loss = Described(wrappedValue: loss)
    _metrics = DescribedList(wrappedValue: [MeanAbsoluteError()])
  }

  public var signatures: [Signature] {
    let target = TensorSpec(TensorName.targets, [names.count], kind: .target)
    return inputs.signatures.map { $0 + [target] }
  }

  public func signature(of sample: Sample) throws -> Int { try inputs.signature(of: sample.input) }

  public var isRandom: Bool { inputs.isRandom }

  public func check(_ sample: Sample) throws { try inputs.check(sample.input) }

  public func makeWriter(_ augmentation: Inputs.Augmentation?) throws -> SampleWriter<Sample> {
    let count = names.count
    return try inputs.makeWriter(augmentation) { (numbers: [Float]?, targets) in
      guard let numbers, numbers.count == count, numbers.allSatisfy(\.isFinite) else {
        throw TargetError(target: numbers, expectedCount: count)
      }
      _ = targets.update(fromContentsOf: numbers)
    }
  }

  public func check(_ outputs: Signature) throws {
    guard outputs[TensorName.output]?.type.shape == [names.count] else {
      throw TaskError("a network for \(names.count) numbers", of: names.count, found: outputs)
    }
  }

  public func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors {
    OutputActivation.none.predictions(outputs, in: scope)
  }

  public func prediction(_ row: TensorValues, of sample: Sample) -> NumbersPrediction {
    NumbersPrediction(
      names: names, values: row[TensorName.predictions], expected: sample.label)
  }
}

/// The numbers that a model gives for a sample.
public struct NumbersPrediction: Hashable, Sendable {
  /// What the numbers are called.
  public var names: [String]
  /// One for each name.
  public var values: [Float]
  /// The right numbers, if they are known.
  public var expected: [Float]?

  /// What a model says of a sample.
  public init(names: [String], values: [Float], expected: [Float]? = nil) {
    (self.names, self.values, self.expected) = (names, values, expected)
  }

  /// The number of a name; `nil` where there is none.
  public subscript(name: String) -> Float? {
    names.firstIndex(of: name).flatMap { values.indices.contains($0) ? values[$0] : nil }
  }
}
