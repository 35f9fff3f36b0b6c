public import GraftGraph
import GraftWeights

extension Convolution: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let padding = geometry.padding
    var inputs = [try step.name(0), try step.name(1)]
    if let bias = epilogue.biasIndex { inputs.append(try step.name(bias)) }
    let sums = step.add(
      "Conv", inputs,
      [
        "dilations": .integers([geometry.dilation.height, geometry.dilation.width]),
        "group": .integer(geometry.groups),
        "pads": .integers([padding.top, padding.left, padding.bottom, padding.right]),
        "strides": .integers([geometry.strides.height, geometry.strides.width]),
      ])
    return try epilogue.finish(sums, in: step)
  }
}

extension Epilogue {
  /// Adds residual and activation; a bias is part of ONNX's own operators.
  func finish(_ sums: String, in step: ONNXStep) throws -> String {
    var result = sums
    if let residual = residualIndex { result = step.add("Add", [result, try step.name(residual)]) }
    if let activation { result = activation.addNodes(after: result, in: step) }
    return result
  }
}
