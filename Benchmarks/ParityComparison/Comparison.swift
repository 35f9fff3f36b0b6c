import Foundation
import Graft

/// What a comparison of one backbone found.
struct Comparison {
  /// A tensor and how far it is from the reference.
  struct Entry {
    var name: String
    /// The largest difference over the largest magnitude of the reference.
    var error: Float
  }

  var parameterCount: Int
  var forward: [Entry] = []
  var backward: [Entry] = []
  /// Names of the reference that the model doesn't offer.
  var unmatched: [String] = []
  /// The time of one forward pass.
  var seconds = 0.0
}

/// Runs one case on one device.
struct CaseRunner {
  let test: ParityCase
  let folder: URL
  let device: any Device
  /// Whether normalizations are folded and epilogues fused before the forward pass.
  var optimizes = true

  func run() throws -> Comparison {
    let base = try Backbone.named(test.backbone)(
      includesTop: test.includesTop ?? true, pooling: .average, inputSize: Extent2D(test.size),
      source: test.source)
    let backbone = try base.loading(folder.appending(path: test.weights))
    let model = Model(backbone)
    let outline = try model.outline()
    let golden = try GoldenFile(folder.appending(path: "golden.safetensors"))
    let store = ParameterStore()
    for (path, tensor) in backbone.weights?.tensors ?? [:] {
      store.set(path, shape: tensor.shape) { try tensor.load() }
    }
    var result = Comparison(parameterCount: outline.parameterCount)
    let session = device.makeSession(parameters: store)
    try compareForward(model, outline, golden, session, &result)
    try session.evict()
    if golden.names.contains("loss") {
      try compareBackward(model, outline, golden, session, &result)
    }
    return result
  }

  private func compareForward(
    _ model: Model, _ outline: Outline, _ golden: GoldenFile, _ session: any Session,
    _ result: inout Comparison
  ) throws {
    let input = try golden.values("input")
    let batchSize = input.count / outline.input.shape.count
    var graph = try model.trace(batchSize: batchSize).specializedForInference()
    var names: [String: String] = [:]
    for name in golden.names where name.hasPrefix("act.") || name == "logits" {
      let plain = name.hasPrefix("act.") ? String(name.dropFirst(4)) : name
      let own = test.names?[plain] ?? plain
      if graph.endpoints[own] != nil { names[name] = own } else { result.unmatched.append(plain) }
    }
    // Of one value only one output is kept.
    graph.outputs = [:]
    for own in names.values { graph.outputs[own] = graph.endpoints[own] }
    if optimizes {
      graph = try GraphPipeline(trainable: [], loss: .crossEntropy).optimized(graph)
    }
    let executable = try session.compile(graph)
    try input.withUnsafeBytes { try executable.write($0, to: "input") }
    let clock = ContinuousClock()
    let duration = try clock.measure {
      try executable.run()
      try session.synchronize()
    }
    result.seconds = duration / .seconds(1)
    for (name, own) in names.sorted(by: { $0.key < $1.key }) {
      let expected = try golden.values(name)
      let found = try executable.values(of: own)
      result.forward.append(.init(name: own, error: try error(own, found, expected)))
    }
  }

  private func compareBackward(
    _ model: Model, _ outline: Outline, _ golden: GoldenFile, _ session: any Session,
    _ result: inout Comparison
  ) throws {
    let input = try golden.values("input")
    let labels = try golden.values("labels").map { Int($0) }
    let graph = try gradientGraph(model, golden, batchSize: labels.count)
    let executable = try session.compile(graph)
    let classCount = outline.output.shape.count
    var targets = [Float](repeating: 0, count: labels.count * classCount)
    for (row, label) in labels.enumerated() { targets[row * classCount + label] = 1 }
    try executable.write(input, to: "input")
    try executable.write(targets, to: "targets")
    try executable.write([Float](repeating: 1, count: labels.count), to: "weights")
    try executable.run()
    for name in executable.outputNames.sorted() {
      let found = try executable.values(of: name)
      let path = ParameterPath(String(name.dropFirst("grad.".count)))
      let expected =
        if let parameter = outline.parameters.first(where: { $0.path == path }) {
          try golden.gradient(of: parameter)
        } else {
          try golden.values(name)
        }
      result.backward.append(.init(name: name, error: try error(name, found, expected)))
    }
  }

  /// The loss and its gradients as a training step would compute them.
  private func gradientGraph(_ model: Model, _ golden: GoldenFile, batchSize: Int) throws -> Graph {
    let traced = try model.trace(batchSize: batchSize).specializedForInference()
    let paths = Set(
      golden.names.filter { $0.hasPrefix("grad.") }.map { ParameterPath(String($0.dropFirst(5))) })
    let builder = GraphBuilder(extending: traced)
    guard let logits = traced.outputs["output"].map(builder.symbol) else {
      throw ParityError.missing("output", file: test.backbone)
    }
    let targets = builder.input("targets", logits.type, kind: .target)
    let weights = builder.input("weights", TensorType([batchSize]), kind: .target)
    let loss = builder.apply(
      SampleLoss(.softmaxCrossEntropy(smoothing: 0)), to: logits, targets, weights)
    var graph = try builder.finish()
    graph.outputs = ["loss": loss.value]
    graph = try graph.pruned().epiloguesFused(trainable: paths)
    var sources = graph.values(of: paths)
    for (index, node) in graph.nodes.enumerated() {
      if case .input("input", _) = node.source { sources["input"] = Value(node: index) }
    }
    guard let total = graph.outputs["loss"] else { throw ParityError.missing("loss", file: "") }
    var (result, gradients) = try graph.differentiated(
      total, withRespectTo: Set(sources.values))
    for (path, source) in sources { result.outputs["grad.\(path)"] = gradients[source] }
    return result.pruned()
  }

  private func error(_ name: String, _ found: [Float], _ expected: [Float]) throws -> Float {
    guard found.count == expected.count else {
      throw ParityError.wrongSize(name, expected: expected.count, found: found.count)
    }
    var (difference, magnitude): (Float, Float) = (0, 0)
    for (a, b) in zip(found, expected) {
      // A maximum would pass over what is not a number.
      guard a.isFinite else { return .infinity }
      difference = max(difference, abs(a - b))
      magnitude = max(magnitude, abs(b))
    }
    return magnitude == 0 ? difference : difference / magnitude
  }
}

extension CompiledGraph {
  func write(_ values: [Float], to input: String) throws {
    try values.withUnsafeBytes { try write($0, to: input) }
  }

  func values(of output: String) throws -> [Float] {
    guard let type = type(of: output) else { throw ExecutableError.unknownOutput(output) }
    var values = [Float](repeating: 0, count: type.shape.count)
    try values.withUnsafeMutableBytes { try read(output, into: $0) }
    return values
  }
}
