import GraftGraph
import GraftRuntime

extension Concatenation: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let result = problem.results[0].shape
    let nowhere = Array(repeating: 0, count: result.rank)
    var starts = nowhere
    var copies: [BoxCopy] = []
    for operand in problem.operands.map(\.shape) {
      copies.append(BoxCopy(operand, from: operand, at: nowhere, to: result, at: starts))
      starts[axis] += operand[axis]
    }
    guard copies.allSatisfy(\.isSupported) else { return [] }
    return [
      KernelLowering(name: "copies", device: device) { binding in
        zip(copies, binding.operands).map { copy, operand in
          copy.call(from: operand, to: binding.results[0], on: device)
        }
      }
    ]
  }
}

extension GraftGraph.Slice: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let copy = BoxCopy(
      shape, from: problem.operands[0].shape, at: starts, to: shape,
      at: Array(repeating: 0, count: shape.rank))
    guard copy.isSupported else { return [] }
    return [
      KernelLowering(name: "copy", device: device) { binding in
        [copy.call(from: binding.operands[0], to: binding.results[0], on: device)]
      }
    ]
  }
}

extension Padding: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (shape, result) = (problem.operands[0].shape, problem.results[0].shape)
    let copy = BoxCopy(
      shape, from: shape, at: Array(repeating: 0, count: shape.rank), to: result, at: before)
    guard copy.isSupported else { return [] }
    return [
      KernelLowering(name: "fill and copy", device: device) { binding in
        [
          device.fill(binding.results[0], with: value, count: result.count),
          copy.call(from: binding.operands[0], to: binding.results[0], on: device),
        ]
      }
    ]
  }
}
