package import Foundation
package import Graft
import GraftLanguage

/// A text encoder with inputs and what transformers computed from them, as make_language_fixtures.py
/// writes it down.
package struct LanguageCase {
  /// A tensor and how far it is from the reference.
  package struct Entry {
    package var name: String
    /// The largest difference over the largest magnitude of the reference.
    package var error: Float
  }

  /// What is wrong with a case.
  package struct Problem: Error, CustomStringConvertible {
    package var description: String
  }

  private let golden: WeightFile
  private let encoder: TextEncoder

  /// The case of a folder.
  package init(contentsOf folder: URL) throws {
    golden = try WeightFile(contentsOf: folder.appending(path: "golden.safetensors"))
    encoder = try TextEncoder(contentsOf: folder.appending(path: "weights.safetensors"))
  }

  /// How many parameters the file gave values.
  package var parameterCount: Int { encoder.weights?.tensors.count ?? 0 }

  /// Compares the states of all layers, the pooled ones, and the gradients of all parameters.
  package func entries(on device: any Device) throws -> [Entry] {
    let store = makeStore()
    return try forward(device.makeSession(parameters: store))
      + backward(device.makeSession(parameters: store))
  }

  private func makeStore() -> ParameterStore {
    let store = ParameterStore()
    for (path, tensor) in encoder.weights?.tensors ?? [:] {
      store.set(path, shape: tensor.shape) { try tensor.load() }
    }
    return store
  }

  private func tensor(_ name: String) throws -> StoredTensor {
    guard let tensor = golden[name] else { throw Problem(description: "there is no '\(name)'") }
    return tensor
  }

  private func names(_ prefix: String) -> [String] {
    golden.tensors.map(\.name).filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
  }

  private func trace(_ builder: GraphBuilder) throws -> Tensors {
    var encoder = encoder
    let shape = try tensor("attention_mask").shape
    encoder.length = shape[1]
    return encoder.trace(
      encoder.inputs.inputs(batchSize: shape[0], of: builder), in: Scope(builder))
  }

  private func writeInputs(to graph: any CompiledGraph) throws {
    for input in encoder.inputs.tensors where graph.hasInput(input.name) {
      let values = try tensor(input.name).load()
      if input.type.elementType == .int32 {
        try values.map { Int32($0) }.withUnsafeBytes { try graph.write($0, to: input.name) }
      } else {
        try values.withUnsafeBytes { try graph.write($0, to: input.name) }
      }
    }
  }

  private func forward(_ session: any Session) throws -> [Entry] {
    let builder = GraphBuilder()
    let outputs = try trace(builder)
    var graph = try builder.finish()
    for name in names("act.") {
      guard let symbol = outputs.ifPresent(name) else {
        throw Problem(description: "the network gives no '\(name)'")
      }
      graph.outputs[name] = symbol.value
    }
    let compiled = try session.compile(graph.pruned().epiloguesFused(trainable: []))
    try writeInputs(to: compiled)
    try compiled.run()
    let mask = try tensor("attention_mask").load()
    return try names("act.").map { name in
      var found = try compiled.values(of: name)
      let expected = try tensor("act.\(name)")
      if expected.shape.rank == 3 {
        let width = expected.shape[2]
        for place in mask.indices where mask[place] == 0 {
          for c in 0..<width { found[place * width + c] = 0 }
        }
      }
      return Entry(name: name, error: Self.error(found, try expected.load()))
    }
  }

  private func backward(_ session: any Session) throws -> [Entry] {
    let builder = GraphBuilder()
    let outputs = try trace(builder)
    var terms: [Symbol] = []
    for name in names("upstream.") {
      guard let symbol = outputs.ifPresent(name) else { continue }
      let factor = builder.input("upstream.\(name)", symbol.type, kind: .target)
      terms.append(builder.apply(Sum(to: [1]), to: symbol * factor))
    }
    guard let first = terms.first else { throw Problem(description: "there is no loss") }
    builder.output(terms.dropFirst().reduce(first) { $0 + $1 }, as: "loss")
    let paths = Set(encoder.weights?.tensors.keys.map { $0 } ?? [])
    var graph = try builder.finish().pruned().epiloguesFused(trainable: paths)
    let sources = graph.values(of: paths)
    guard let loss = graph.outputs["loss"] else { throw Problem(description: "there is no loss") }
    var gradients: [Value: Value] = [:]
    (graph, gradients) = try graph.differentiated(loss, withRespectTo: Set(sources.values))
    for (path, source) in sources { graph.outputs["grad.\(path)"] = gradients[source] }
    let compiled = try session.compile(graph.pruned())
    try writeInputs(to: compiled)
    for name in names("upstream.") {
      try tensor("upstream.\(name)").load().withUnsafeBytes {
        try compiled.write($0, to: "upstream.\(name)")
      }
    }
    try compiled.run()
    return try gradientEntries(compiled)
  }

  private func gradientEntries(_ compiled: any CompiledGraph) throws -> [Entry] {
    let roles = Dictionary(
      uniqueKeysWithValues: try encoder.parameters().map { ($0.path, $0) })
    let tensors = (encoder.weights?.tensors ?? [:]).sorted { $0.key < $1.key }
    // Gradients that cancel out, as those of a key's bias do, are nothing but rounding: it is compared
    // with the largest of all.
    let largest = try tensors.flatMap { try tensor("grad.\($1.name)").load() }
      .reduce(0) { max($0, abs($1)) }
    return try tensors.map { path, assigned in
      let expected = try tensor("grad.\(assigned.name)").load()
      var found = try compiled.values(of: "grad.\(path)")
      if let parameter = roles[path], parameter.role == .denseKernel {
        let (rows, columns) = (parameter.type.shape[0], parameter.type.shape[1])
        found = (0..<found.count).map { found[$0 % rows * columns + $0 / rows] }
      }
      return Entry(
        name: "grad.\(path)", error: Self.error(found, expected, least: largest / 1000))
    }
  }

  /// The greatest difference, relative to the greatest value that is expected, or to `least`.
  private static func error(
    _ found: [Float], _ expected: [Float], least: Float = 0
  ) -> Float {
    guard found.count == expected.count else { return .infinity }
    var (difference, magnitude) = (Float(0), least)
    for (a, b) in zip(found, expected) {
      guard a.isFinite else { return .infinity }
      difference = max(difference, abs(a - b))
      magnitude = max(magnitude, abs(b))
    }
    return magnitude == 0 ? difference : difference / magnitude
  }
}

extension CompiledGraph {
  fileprivate func values(of output: String) throws -> [Float] {
    guard let type = type(of: output) else { throw ExecutableError.unknownOutput(output) }
    var values = [Float](repeating: 0, count: type.shape.count)
    try values.withUnsafeMutableBytes { try read(output, into: $0) }
    return values
  }
}
