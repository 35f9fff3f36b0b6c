/// Layers of channels: what is added to each, or multiplied with it.
extension ONNXLayers {
  /// Whether a layer normalization is one of the last axis, by tensors of the file.
  func isOfChannels(_ step: ONNXStep) -> Bool {
    step.inputs.count == 3 && step.inputs[1...].allSatisfy { stored[$0]?.shape.rank == 1 }
      && step.integers["axis"] ?? [-1] == [-1]
  }

  mutating func addLayerNormalization(_ step: ONNXStep, _ input: String, _ output: String) {
    guard let scale = stored[step.inputs[1]] else { return }
    append(
      LayerWeb.Layer(shape: [scale.count], steps: LayerWeb.Layer.normalizationOfRows),
      Tensors(kernel: step.inputs[1], bias: step.inputs[2]), reading: input, giving: output)
  }

  /// The operand that is computed and the vector of the file, one number for each channel, that it is
  /// combined with; nil for other steps. What is done to images before the network counts for nothing.
  func vector(of step: ONNXStep) -> (value: String, name: String)? {
    guard step.inputs.count == 2 else { return nil }
    for (value, name) in [(step.inputs[0], step.inputs[1]), (step.inputs[1], step.inputs[0])] {
      if let vector = stored[name], stored[value] == nil, vector.count > 1,
        vector.shape.extents.filter({ $0 != 1 }).count == 1, web.isComputed(value)
      {
        return (value, name)
      }
    }
    return nil
  }

  /// Takes a vector for the bias or the scale of the layer right before it, else for a layer of its own,
  /// as what is left of a normalization.
  mutating func addVector(_ step: ONNXStep, _ output: String) {
    guard let (value, name) = vector(of: step), let count = stored[name]?.count else { return }
    if let layer = web.producer(of: value), readerCounts[value] == 1,
      web.layers[layer].shape[0] == count, takes(step.operation, name, layer)
    {
      return web.extend(layer, to: output)
    }
    var own = Tensors()
    var steps: [Int] = []
    switch step.operation {
    case "Add": own.shift = name
    case "Mul": own.scale = name
    default: steps = LayerWeb.Layer.unknown
    }
    append(LayerWeb.Layer(shape: [count], steps: steps), own, reading: value, giving: output)
  }

  private mutating func takes(_ operation: String, _ name: String, _ layer: Int) -> Bool {
    let its = tensors[layer]
    guard its.normalization == nil, its.shift == nil else { return false }
    switch operation {
    case "Add" where its.scale != nil: tensors[layer].shift = name
    case "Add" where its.bias == nil: tensors[layer].bias = name
    case "Mul" where its.scale == nil: tensors[layer].scale = name
    default: return false
    }
    return true
  }
}
