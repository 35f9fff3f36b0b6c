import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension ConvolutionKernelGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let extents = ConvolutionProblem(
      geometry, image: problem.operands[0].shape, kernel: kernelShape,
      output: problem.operands[1].shape)
    var candidates: [CPULowering] = []
    if extents.isDepthwise { candidates.append(depthwise(extents, on: device)) }
    candidates.append(tile(extents, on: device))
    if let winograd = WinogradGradient(extents) {
      candidates.insert(
        winograd.lowering(on: device), at: winograd.pays ? 0 : candidates.count)
    }
    return candidates
  }

  private func depthwise(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    let (shape, channels) = (extents.depthwise, extents.inputChannels)
    let (rows, count) = (extents.batch * extents.output.height, extents.taps * channels)
    let rowsPerPart = max(8, (rows + 63) / 64)
    let parts = (rows + rowsPerPart - 1) / rowsPerPart
    return CPULowering("depthwise", on: device, workspaceCount: parts * count) { data in
      let (image, gradient, result) = (data.operand(0), data.operand(1), data.result())
      let partial = data.workspace
      return [
        Stage(taskCount: parts) { part, _ in
          var shape = shape
          graft_depthwise_kernel_gradient(
            &shape, image, gradient, partial + part * count, part * rowsPerPart,
            min(rows, (part + 1) * rowsPerPart))
        },
        partialSum(partial, parts: parts, count: count, to: result),
      ]
    }
  }

  private func tile(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    let products = (0..<extents.groups).map { group in
      GradientProduct(
        patches: extents.patches, gradientStride: extents.outputChannels,
        inputOffset: group * extents.groupInputs, gradientOffset: group * extents.groupOutputs,
        resultOffset: group * extents.groupOutputs, rows: extents.outputPixels,
        columns: extents.groupOutputs, resultStride: extents.outputChannels)
    }
    return GradientProducts(
      products: products,
      resultCount: extents.taps * extents.groupInputs * extents.outputChannels
    ).lowering("tile", on: device)
  }

}

/// Adds up `parts` partial results of `count` floats each, in order.
func partialSum(
  _ partial: UnsafePointer<Float>, parts: Int, count: Int, to result: UnsafeMutablePointer<Float>
) -> Stage {
  Stage(over: count, rangeCount: 4096) {
    let i = $0.lowerBound
    (result + i).update(from: partial + i, count: $0.count)
    for part in stride(from: 1, to: parts, by: 1) {
      graft_combine(GRAFT_ADD, result + i, partial + part * count + i, result + i, $0.count)
    }
  }
}
