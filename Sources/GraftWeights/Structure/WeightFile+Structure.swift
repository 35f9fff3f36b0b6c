import GraftGraph

extension WeightFile {
  /// The same file with its tensors named as the parameters of a network of the same structure, or nil
  /// where the format has none.
  ///
  /// Exporters rename tensors and fold normalizations into the kernels before them. The layers are
  /// matched by what they read and what reads them; a normalization that was folded away becomes one
  /// that changes nothing but adds the bias. Tensors of other layers are left out.
  ///
  /// - Parameters:
  ///   - graph: The network as it predicts, before anything is folded.
  ///   - layout: Of the names' source: whether dense kernels are (inputs, outputs).
  package func renamed(after graph: Graph, _ layout: WeightLayout) throws -> WeightFile? {
    guard let steps = network else { return nil }
    let stored = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var (mine, its) = (NetworkLayers(graph), ONNXLayers(steps, stored))
    guard !mine.web.isTooLarge, !its.web.isTooLarge else { return nil }
    let names = Set(mine.parameters.compactMap { $0.kernel?.description })
      .intersection(its.tensors.compactMap(\.kernel))
    mine.hint(by: names)
    its.hint(by: names)
    var result = RenamedTensors(stored, layout, bytes: bytes)
    for (layer, match) in zip(mine.parameters, mine.web.matches(in: its.web)) {
      if let match { try result.take(its.tensors[match], for: layer) }
    }
    let wanted = Set(graph.parameters.map(\.path.description))
    return replacing(result.complete(wanted), notes: notes + result.notes)
  }
}

/// The tensors of a network by its own names.
private struct RenamedTensors {
  private let stored: [String: StoredTensor]
  private let layout: WeightLayout
  private let bytes: ByteView
  private var tensors: [String: StoredTensor] = [:]
  private var foldedCount = 0

  init(_ stored: [String: StoredTensor], _ layout: WeightLayout, bytes: ByteView) {
    (self.stored, self.layout, self.bytes) = (stored, layout, bytes)
  }

  var notes: [String] {
    guard foldedCount > 0 else { return [] }
    return [
      "\(foldedCount) normalizations were folded into the layers before them when the network was "
        + "exported: results are the same, and here they do nothing but add; to train them, export "
        + "without optimizing"
    ]
  }

  mutating func take(_ its: ONNXLayers.Tensors, for mine: NetworkLayers.Parameters) throws {
    if let kernel = mine.kernel?.description, let name = its.kernel, let tensor = stored[name] {
      let isTransposed = its.isTransposed && layout == .torch
      tensors[kernel] = (isTransposed ? tensor.transposed() : tensor).renamed(kernel)
    }
    var bias = its.bias.flatMap { stored[$0] }
    if let path = mine.bias?.description {
      tensors[path] = bias?.renamed(path)
      bias = nil
    }
    guard let normalization = mine.normalization else { return }
    if let names = its.normalization {
      for (path, name) in zip(normalization.paths, names) {
        tensors[path.description] = stored[name]?.renamed(path.description)
      }
    } else {
      try fold(bias, into: normalization)
    }
  }

  /// A normalization of scale 1, mean 0 and a variance that makes up for what is added to it.
  private mutating func fold(
    _ bias: StoredTensor?, into normalization: NetworkLayers.Normalization
  ) throws {
    foldedCount += 1
    let values: [Float] = [1, 0, 0, 1 - normalization.epsilon]
    for (path, value) in zip(normalization.paths, values) {
      tensors[path.description] = try StoredTensor(
        name: path.description, repeating: value, count: normalization.channelCount, file: bytes)
    }
    let shift = normalization.paths[1].description
    if let bias { tensors[shift] = bias.renamed(shift) }
  }

  /// With what keeps its name: layers that aren't told by a kernel.
  consuming func complete(_ wanted: Set<String>) -> [StoredTensor] {
    var all = tensors
    for (name, tensor) in stored where wanted.contains(name) && all[name] == nil {
      all[name] = tensor
    }
    return Array(all.values)
  }
}
