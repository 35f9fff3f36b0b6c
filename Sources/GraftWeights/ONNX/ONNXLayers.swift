/// The web of a network in ONNX, and which tensors each of its layers has.
struct ONNXLayers {
  /// The tensors of one layer of the web.
  struct Tensors {
    var kernel: String?
    /// Whether the kernel is (inputs, outputs).
    var isTransposed = false
    var bias: String?
    /// Scale, shift, mean and variance of the normalization right behind it.
    var normalization: [String]?
    /// What each channel is multiplied by after that, and what is added then.
    var scale: String?
    var shift: String?

    fileprivate var isPlain: Bool { normalization == nil && scale == nil && shift == nil }
  }

  var web = LayerWeb()
  var tensors: [Tensors] = []
  let stored: [String: StoredTensor]
  private(set) var readerCounts: [String: Int] = [:]
  /// Values that a padding of its own was added to.
  private var padded: Set<String> = []

  /// - Parameters:
  ///   - steps: In the order of the file, in which each reads the results of earlier ones only.
  ///   - tensors: The initializers by name.
  init(_ steps: [ONNXStep], _ tensors: [String: StoredTensor]) {
    stored = tensors
    for step in steps { for input in step.inputs { readerCounts[input, default: 0] += 1 } }
    let results = Set(steps.flatMap(\.outputs))
    for input in readerCounts.keys
    where !results.contains(input) && stored[input] == nil && !input.isEmpty {
      web.addInput(input)
    }
    for step in steps where !web.isTooLarge { add(step) }
  }

  mutating func append(
    _ layer: LayerWeb.Layer, _ tensors: Tensors, reading input: String, giving output: String
  ) {
    _ = web.add(layer, reading: input, giving: output)
    self.tensors.append(tensors)
  }

  /// Marks the layers whose kernels a network has by name.
  mutating func hint(by names: Set<String>) {
    for (index, layer) in tensors.enumerated() {
      if let kernel = layer.kernel, names.contains(kernel) { web.hint(index, kernel) }
    }
  }

  private mutating func add(_ step: ONNXStep) {
    guard let output = step.outputs.first, let input = step.inputs.first else { return }
    switch step.operation {
    case "Conv" where kernel(of: step) != nil: addConvolution(step, input, output)
    case "Gemm" where kernel(of: step)?.shape.rank == 2 && step.integers["transA"] ?? [0] == [0],
      "MatMul" where kernel(of: step)?.shape.rank == 2:
      addProduct(step, input, output)
    case "BatchNormalization" where step.inputs.count == 5: addNormalization(step, input, output)
    case "LayerNormalization" where isOfChannels(step): addLayerNormalization(step, input, output)
    case "Add" where vector(of: step) != nil, "Mul" where vector(of: step) != nil,
      "Sub" where vector(of: step) != nil, "Div" where vector(of: step) != nil:
      addVector(step, output)
    case "Concat": web.concatenate(step.inputs, to: output)
    default:
      if step.operation == "Pad" { padded.insert(output) }
      for output in step.outputs { web.connect(step.inputs, to: output) }
      if let layer = web.producer(of: input), readerCounts[input] == 1, step.onlyMoves {
        web.extend(layer, to: output)
      }
    }
  }

  private func kernel(of step: ONNXStep) -> StoredTensor? {
    step.inputs.count > 1 ? stored[step.inputs[1]] : nil
  }

  private func bias(of step: ONNXStep) -> String? {
    step.inputs.count > 2 && stored[step.inputs[2]] != nil ? step.inputs[2] : nil
  }

  private mutating func addConvolution(_ step: ONNXStep, _ input: String, _ output: String) {
    guard let shape = kernel(of: step)?.shape.extents, shape.count == 4 else { return }
    let automatic = step.texts["auto_pad"].map { $0 != "NOTSET" && $0 != "VALID" } ?? false
    let padding = automatic || padded.contains(input) ? nil : step.integers["pads"] ?? [0, 0, 0, 0]
    let steps = [step.integers["strides"] ?? [1, 1], step.integers["dilations"] ?? [1, 1]]
    _ = web.add(
      LayerWeb.Layer(
        shape: shape, steps: steps.flatMap { $0 } + (step.integers["group"] ?? [1]),
        padding: padding),
      reading: input, giving: output)
    tensors.append(Tensors(kernel: step.inputs[1], bias: bias(of: step)))
  }

  private mutating func addProduct(_ step: ONNXStep, _ input: String, _ output: String) {
    guard let shape = kernel(of: step)?.shape.extents else { return }
    let isTransposed = step.integers["transB"] ?? [0] == [0]
    _ = web.add(
      LayerWeb.Layer(
        shape: (isTransposed ? shape.reversed() : shape) + [1, 1], steps: [1, 1, 1, 1, 1]),
      reading: input, giving: output)
    tensors.append(
      Tensors(kernel: step.inputs[1], isTransposed: isTransposed, bias: bias(of: step)))
  }

  private mutating func addNormalization(_ step: ONNXStep, _ input: String, _ output: String) {
    let names = Array(step.inputs[1...])
    guard names.allSatisfy({ stored[$0] != nil }), let scale = stored[names[0]] else { return }
    if let layer = web.producer(of: input), readerCounts[input] == 1,
      tensors[layer].isPlain
    {
      tensors[layer].normalization = names
      web.extend(layer, to: output)
    } else {
      _ = web.add(
        LayerWeb.Layer(shape: [scale.count]), reading: input, giving: output)
      tensors.append(Tensors(normalization: names))
    }
  }
}
