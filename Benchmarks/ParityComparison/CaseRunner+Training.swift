internal import Foundation
internal import Graft

/// What a training step changes, compared with PyTorch's gradients and moved statistics.
extension CaseRunner {
  /// Far above any parameter's magnitude over its gradient: what a step of this rate changes is the
  /// gradient, to single precision.
  private static let rate: Float = 0x1p30

  /// Runs one step of plain gradient descent through all passes of the training pipeline, with
  /// everything before the case's layer frozen.
  func compareTraining(
    _ model: Model, _ outline: Outline, _ golden: GoldenFile, _ store: ParameterStore,
    _ result: inout Comparison
  ) throws {
    let plan: FreezePlan =
      test.trainingFrom.flatMap { $0.isEmpty ? nil : .upTo($0) } ?? .none
    let trainable = Set(try plan.trainableParameters(of: model))
    let statistics = test.statistics.flatMap(NormalizationStatistics.init) ?? .stored
    let labels = try golden.values("labels").map { Int($0) }
    let traced = try model.trace(batchSize: labels.count)
    let pipeline = GraphPipeline(
      trainable: trainable, loss: .crossEntropy, statistics: statistics)
    let graph = try pipeline.training(traced, optimizer: .sgd(Self.rate))
    let before = store.copy(of: outline.parameters)
    let session = device.makeSession(parameters: store)
    let executable = try session.compile(graph)
    try executable.write(golden.values("input"), to: TensorName.input)
    try executable.writeTargets(labels, classCount: outline.output.shape.count)
    try executable.write([Self.rate], to: "rate")
    try executable.run()
    try session.download()
    try add(
      "loss", executable.values(of: TensorName.loss), golden.values("loss"), to: &result.forward)
    for parameter in outline.parameters {
      let name = model.backbone?.weights?[parameter.path]?.name ?? parameter.path.description
      let found = try store.values(at: parameter.path)
      if golden.names.contains("grad.\(name)") {
        let changes = zip(before[parameter.path] ?? [], found).map { ($0 - $1) / Self.rate }
        try add(
          "grad.\(name)", changes, golden.gradient("grad.\(name)", of: parameter, layout: .torch),
          to: &result.backward)
      } else if golden.names.contains("after.\(name)") {
        try add("after.\(name)", found, golden.values("after.\(name)"), to: &result.backward)
      }
    }
  }

  private func add(
    _ name: String, _ found: [Float], _ expected: [Float], to entries: inout [Comparison.Entry]
  ) throws {
    entries.append(.init(name: name, error: try error(name, found, expected)))
  }
}

extension CompiledGraph {
  /// Each label as 1 among 0, every sample counting alike.
  func writeTargets(_ labels: [Int], classCount: Int) throws {
    var targets = [Float](repeating: 0, count: labels.count * classCount)
    for (row, label) in labels.enumerated() { targets[row * classCount + label] = 1 }
    try write(targets, to: TensorName.targets)
    try write([Float](repeating: 1, count: labels.count), to: TensorName.weights)
  }
}

extension ParameterStore {
  fileprivate func copy(of parameters: [Parameter]) -> [ParameterPath: [Float]] {
    Dictionary(
      uniqueKeysWithValues: parameters.compactMap { parameter in
        (try? values(at: parameter.path)).map { (parameter.path, $0) }
      })
  }
}
