public import GraftGraph
import GraftWeights

extension Combine: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let (left, right) = (step.type(0).shape, step.type(1).shape)
    var operand = try step.name(1)
    // PyTorch stores a scale of channels as (channels, 1, 1).
    if left.rank == 4, step.parameter(1)?.role != .channelScale {
      // ONNX repeats along leading axes, and channels lead here.
      switch Broadcast(from: right, to: left) {
      case .channels: operand = step.add("Unsqueeze", [operand, step.constant([1, 2])])
      case .sampleChannels where right.rank == 2:
        operand = step.add("Unsqueeze", [operand, step.constant([2, 3])])
      default: break
      }
    }
    let name =
      switch function {
      case .add: "Add"
      case .subtract: "Sub"
      case .multiply: "Mul"
      }
    return step.add(name, [try step.name(0), operand])
  }
}

extension Scale: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    step.add("Mul", [try step.name(0), step.constant(factor)])
  }
}
