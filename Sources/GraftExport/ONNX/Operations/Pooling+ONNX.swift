public import GraftGraph
import GraftWeights

extension Pooling: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    // A size that is rounded up becomes padding behind, where implementations of ONNX agree.
    let excess = excess(over: step.type(0).imageSize, to: step.resultType.imageSize)
    let padding = [
      padding.top, padding.left, padding.bottom + excess.height, padding.right + excess.width,
    ]
    guard padding[2] < window.height, padding[3] < window.width else {
      throw step.refusal("its last window lies in the padding")
    }
    var attributes: [String: ONNXNode.Attribute] = [
      "kernel_shape": .integers([window.height, window.width]), "pads": .integers(padding),
      "strides": .integers([strides.height, strides.width]),
    ]
    guard case .average(let countsPadding) = kind else {
      return step.add("MaxPool", [try step.name(0)], attributes)
    }
    var input = try step.name(0)
    let hasExcess = excess != Extent2D(0)
    if countsPadding, hasExcess {
      // Only the padding proper counts.
      let sides = [
        0, 0, self.padding.top, self.padding.left, 0, 0, self.padding.bottom, self.padding.right,
      ]
      input = step.add("Pad", [input, step.constant(sides)])
      attributes["pads"] = .integers([0, 0, excess.height, excess.width])
    }
    attributes["count_include_pad"] = .integer(countsPadding && !hasExcess ? 1 : 0)
    return step.add("AveragePool", [input], attributes)
  }

  /// How far the last windows reach beyond the padded image.
  private func excess(over image: Extent2D, to result: Extent2D) -> Extent2D {
    Extent2D(
      max(
        0,
        (result.height - 1) * strides.height + window.height - image.height - padding.top
          - padding.bottom),
      max(
        0,
        (result.width - 1) * strides.width + window.width - image.width - padding.left
          - padding.right))
  }
}

extension GlobalPooling: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let name = kind == .average ? "GlobalAveragePool" : "GlobalMaxPool"
    return step.add("Flatten", [step.add(name, [try step.name(0)])], ["axis": .integer(1)])
  }
}
