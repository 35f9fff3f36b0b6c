package import Foundation
package import Graft

/// Runs one case on one device.
package struct CaseRunner {
  let test: ParityCase
  let folder: URL
  let device: any Device
  /// The network of the case.
  let network: Backbone
  /// Whether normalizations are folded and epilogues fused before the forward pass.
  let optimizes: Bool

  /// - Parameters:
  ///   - folder: Where the case's files are.
  ///   - network: By default the one that Graft knows by the case's name.
  /// - Throws: `ModelError` where there is none.
  package init(
    _ test: ParityCase, in folder: URL, network: Backbone? = nil, device: any Device,
    optimizes: Bool = true
  ) throws {
    (self.test, self.folder, self.device) = (test, folder, device)
    self.network = try network ?? .named(test.backbone)
    self.optimizes = optimizes
  }

  /// Compares everything that the case's golden file holds.
  package func run() throws -> Comparison {
    let base = network(
      includesTop: test.includesTop ?? true, classCount: test.classCount, pooling: .average,
      inputSize: Extent2D(test.size), inputChannels: test.inputChannels, dropRate: 0,
      source: test.source)
    let backbone = try base.loading(
      folder.appending(path: test.weights), keepsClassifier: test.includesTop ?? true)
    let model = Model(backbone)
    let outline = try model.outline()
    let golden = try GoldenFile(folder.appending(path: "golden.safetensors"))
    let store = ParameterStore()
    for (path, tensor) in backbone.weights?.tensors ?? [:] {
      store.set(path, shape: tensor.shape) { try tensor.load() }
    }
    store.initialize(outline.parameters, seed: 0)
    let assigned = outline.parameters.filter { backbone.weights?[$0.path] != nil }
    var result = Comparison(
      parameterCount: assigned.filter(\.role.isTrainable).reduce(0) { $0 + $1.type.shape.count })
    guard test.trainingFrom == nil else {
      try compareTraining(model, outline, golden, store, &result)
      return result
    }
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
    // By their names in the file of weights.
    let parameters = Dictionary(
      outline.parameters.compactMap { parameter in
        model.backbone?.weights?[parameter.path].map { ("grad.\($0.name)", parameter) }
      }, uniquingKeysWith: { first, _ in first })
    let wanted = parameters.filter { golden.names.contains($0.key) }
    let graph = try gradientGraph(
      model, of: Set(wanted.values.map(\.path)), batchSize: labels.count)
    let executable = try session.compile(graph)
    try executable.write(input, to: TensorName.input)
    try executable.writeTargets(labels, classCount: outline.output.shape.count)
    try executable.run()
    for name in golden.names.filter({ $0.hasPrefix("grad.") }).sorted() {
      guard let parameter = wanted[name] else {
        if name == "grad.input" {
          let error = try error(name, executable.values(of: name), golden.values(name))
          result.backward.append(.init(name: name, error: error))
        } else {
          result.unmatched.append(name)
        }
        continue
      }
      let found = try executable.values(of: "grad.\(parameter.path)")
      let layout: WeightLayout = test.source == .keras ? .keras : .torch
      let expected = try golden.gradient(name, of: parameter, layout: layout)
      result.backward.append(.init(name: name, error: try error(name, found, expected)))
    }
  }

  /// The loss and its gradients as a training step would compute them.
  private func gradientGraph(
    _ model: Model, of paths: Set<ParameterPath>, batchSize: Int
  ) throws -> Graph {
    let traced = try model.trace(batchSize: batchSize).specializedForInference()
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
    // The gradient of the input flows through every layer.
    graph = try graph.pruned().epiloguesFused(trainable: Set(graph.parameters.map(\.path)))
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

  func error(_ name: String, _ found: [Float], _ expected: [Float]) throws -> Float {
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
