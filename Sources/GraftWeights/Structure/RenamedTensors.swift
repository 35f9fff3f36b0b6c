import GraftGraph

/// The tensors of a network by its own names.
struct RenamedTensors {
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

  /// Gives the parameters of a layer what the file has for them; nothing where that would not give
  /// the same results.
  mutating func take(
    _ its: ONNXLayers.Tensors, for mine: NetworkLayers.Parameters, _ channelCount: Int
  ) throws {
    guard its.suits(mine) else { return }
    if let kernel = mine.kernel?.description, let name = its.kernel, let tensor = stored[name] {
      let isTransposed = its.isTransposed && layout == .torch
      tensors[kernel] = (isTransposed ? tensor.transposed() : tensor).renamed(kernel)
    }
    if let path = mine.scale { set(path, its.scale) }
    if let path = mine.bias, !set(path, its.bias) { try fill(path, 0, channelCount) }
    guard let normalization = mine.normalization else { return }
    if let names = its.normalization {
      for (path, name) in zip(normalization.paths, names) { set(path, name) }
    } else {
      let bias = mine.bias == nil ? its.bias : nil
      try fold(its.scale, its.shift ?? bias, into: normalization)
    }
  }

  @discardableResult
  private mutating func set(_ path: ParameterPath, _ name: String?) -> Bool {
    guard let name, let tensor = stored[name] else { return false }
    tensors[path.description] = tensor.renamed(path.description)
    return true
  }

  private mutating func fill(_ path: ParameterPath, _ value: Float, _ count: Int) throws {
    tensors[path.description] = try StoredTensor(
      name: path.description, repeating: value, count: count, file: bytes)
  }

  /// A normalization of mean 0 and a variance that makes up for what is added to it.
  private mutating func fold(
    _ scale: String?, _ shift: String?, into normalization: NetworkLayers.Normalization
  ) throws {
    foldedCount += 1
    let values: [Float] = [1, 0, 0, 1 - normalization.epsilon]
    for (path, value) in zip(normalization.paths, values) {
      try fill(path, value, normalization.channelCount)
    }
    set(normalization.paths[0], scale)
    set(normalization.paths[1], shift)
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

extension ONNXLayers.Tensors {
  /// Whether the parameters of a layer can do all that these tensors do.
  fileprivate func suits(_ mine: NetworkLayers.Parameters) -> Bool {
    if mine.normalization == nil {
      // A scale alone adds nothing, and nothing but a normalization or a scale multiplies.
      return normalization == nil && shift == nil && (scale == nil) == (mine.scale == nil)
        && (bias == nil || mine.bias != nil)
    }
    // A bias right before a normalization stays one; a folded normalization is a bias itself.
    return normalization == nil && scale == nil || bias == nil || mine.bias != nil
  }
}
