import Foundation
import Graft

/// Parts of one's own, a short one of each kind: a layer, a loss, a metric, a data set and a network of two
/// inputs with its preprocessor.
@main
struct OwnParts {
  static func main() async throws {
    try await learnBrightness()
    try await learnSums()
  }

  /// A layer, a loss, a metric and a data set of one's own, for pictures with a number each.
  private static func learnBrightness() async throws {
    let model = Model(name: "brightness", inputSize: 8) {
      Centered(by: 0.5)
      GlobalAveragePooling()
      Dense(1)
    }
    let preprocessing = Preprocessing(size: ImageSize(8), resizeRule: .stretch)
    let learner = try Learner(
      model,
      task: Regression(
        ImagePreprocessor(preprocessing), names: ["brightness"], loss: ScaledError(scale: 4)),
      optimizer: .adam(0.05), device: DeviceChoice.cpu.open())
    learner.task.metrics.append(Within(0.1))
    let squares = Squares(count: 64)
    try await learner.fit(squares, epochs: 20, batchSize: 16)
    let metrics = try await learner.evaluate(on: BatchLoader(squares, learner.task))
    let first = try await learner.predict(squares.subset([0]))[0]
    print("within 0.1: \(metrics["within"] ?? 0), of the first \(first["brightness"] ?? 0)")
  }

  /// A network of two inputs, and what puts samples into them.
  private static func learnSums() async throws {
    let learner = try Learner(
      Model(TwoInputs(), name: "sum"), task: Regression(PointPairs(), names: ["sum"]),
      optimizer: .adam(0.05), device: DeviceChoice.cpu.open())
    let samples = (0..<32).map { index in
      let (left, right) = (Float(index % 4), Float(index / 4))
      return Labeled(PointPair(left: [left, 1], right: [right, 0, 1]), [left + right])
    }
    try await learner.fit(Samples(samples), epochs: 40, batchSize: 8)
    print("2 and 3 make \(try await learner.predict([samples[14]])[0]["sum"] ?? 0)")
  }
}

/// A layer: a number taken from each element.
struct Centered: Layer {
  var offset: Float

  init(by offset: Float) { self.offset = offset }

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let whole = scope.builder.apply(Fill(offset, shape: [input.shape[3]]), to: [])[0]
    return scope.builder.apply(Combine(.subtract), to: input, whole)
  }
}

/// A loss with a number of its own, here made of one that there is: mean squared error of scaled numbers.
///
/// Being `Codable`, it is saved with a model; who opens it passes `Catalogue([ScaledError.self])`.
struct ScaledError: Loss {
  var scale: Float

  func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
    let value = MeanSquaredError().trace(outputs, targets, in: scope)
    return LossValue(mean: scope.builder.apply(Scale(by: scale), to: value.mean))
  }

  func validate() throws(OptionError) { try OptionError.check("scale", scale) }
}

/// A metric: the share of samples whose number is nearly right.
struct Within: Metric {
  var distance: Float
  var name: String { "within" }

  init(_ distance: Float) { self.distance = distance }

  func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors {
    ["numbers": outputs[TensorName.output, scope]]
  }

  func makeState() -> WeightedSum { WeightedSum() }

  func add(_ values: TensorValues, to state: inout WeightedSum) {
    let rows = zip(values.rows("numbers"), values.rows(TensorName.targets))
    for (weight, (found, wanted)) in zip(values.weights, rows) where weight != 0 {
      state.sum += zip(found, wanted).allSatisfy { abs($0 - $1) < distance } ? 1 : 0
      state.weight += 1
    }
  }

  func value(of state: WeightedSum) -> Float? {
    state.weight == 0 ? nil : Float(state.sum / state.weight)
  }
}

/// A data set: gray squares, made when they are asked for.
struct Squares: Dataset {
  var count: Int

  func sample(at index: Int) -> Labeled<Image, [Float]> {
    let brightness = Float(index) / Float(count)
    let values = Array(repeating: brightness, count: 8 * 8 * 3)
    return Labeled(Image(.values(values[...], shape: [8, 8, 3])), [brightness])
  }
}

/// What the network of two inputs takes.
struct PointPair: Sendable {
  var left: [Float]
  var right: [Float]
}

/// A preprocessor: puts each part of a sample into the tensor of its name.
struct PointPairs: Preprocessor {
  typealias Sample = PointPair

  var signatures: [Signature] { [TwoInputs().inputs] }

  func makeWriter(_ augmentation: Never?) throws -> SampleWriter<PointPair> {
    { sample, row, _ in
      try row.write(sample.left, to: "left")
      try row.write(sample.right, to: "right")
    }
  }
}

/// A network: a dense layer for each input, and one for both.
struct TwoInputs: Network {
  var inputs: Signature { [TensorSpec("left", [2]), TensorSpec("right", [3])] }

  func trace(_ inputs: Tensors, in scope: Scope) -> Tensors {
    let left = Dense(4)(inputs["left", scope], in: scope / "left")
    let right = Dense(4)(inputs["right", scope], in: scope / "right")
    let both = Symbol.concatenated([left, right])
    return [TensorName.output: Dense(1)(both, in: scope / "both")]
  }
}
