import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension ConvolutionInputGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let extents = ConvolutionProblem(
      geometry, image: problem.results[0].shape, kernel: problem.operands[1].shape,
      output: problem.operands[0].shape)
    var candidates: [CPULowering] = []
    if extents.isDepthwise { candidates.append(depthwise(extents, on: device)) }
    candidates.append(tile(extents, on: device))
    if let product = WinogradProduct(gradientOf: extents) {
      let lowering = product.lowering(
        epilogue: .none, packingKey: { extents.packingKey("turned \($0)") }, on: device)
      let pays = product.pays(kernelIsConstant: problem.constantOperands.contains(1))
      candidates.insert(lowering, at: pays ? 0 : candidates.count)
    }
    return candidates
  }

  private func depthwise(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    let shape = extents.depthwise
    return CPULowering("depthwise", on: device) { data in
      let (gradient, kernel, result) = (data.operand(0), data.operand(1), data.result())
      return [
        Stage(over: extents.batch * extents.image.height, rangeCount: 4) {
          var shape = shape
          graft_depthwise_input_gradient(
            &shape, gradient, kernel, result, $0.lowerBound, $0.upperBound)
        }
      ]
    }
  }

  /// A convolution of the gradient with the turned kernel; where the stride is not 1, one for each
  /// phase of the image's pixels, with the taps that reach it.
  private func tile(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    var packing = WeightPacking()
    var products: [TileProduct] = []
    for rowPhase in extents.rowPhases {
      for columnPhase in extents.columnPhases {
        for group in 0..<extents.groups {
          products.append(extents.product(rowPhase, columnPhase, group: group, &packing))
        }
      }
    }
    let work = TileProducts(products: products, epilogue: .none)
    let workers = device.threadCount
    let (strides, dilation) = (geometry.strides, geometry.dilation)
    let padding = geometry.padding
    let key = """
      \(extents.packingKey("turned tile")), strides \(strides.height)×\(strides.width), dilation \
      \(dilation.height)×\(dilation.width), padding \(padding.top) and \(padding.left)
      """
    return CPULowering(
      "tile", on: device, workspaceCount: work.workspaceCount(workers: workers),
      preparations: [
        device.preparation(
          ofOperand: 1, key: key, count: packing.count, { [packing] in packing.stage($0, $1) })
      ]
    ) { [work.stage($0, workers: workers)] }
  }

}

/// The image pixels of one axis that lie alike to the stride, and the taps that reach them.
private struct Phase {
  /// The first pixel, and how many there are, a stride apart.
  let first: Int
  let count: Int
  /// The taps, so that the output pixels they come from grow.
  let taps: [Int]
  /// The output pixel from which the first tap reaches the first pixel, and the step to the next.
  let firstOutput: Int
  let outputStep: Int

  static func all(extent: Int, kernel: Int, stride: Int, dilation: Int, padding: Int) -> [Phase] {
    (0..<min(stride, extent)).map { first in
      let taps = (0..<kernel).filter { (first + padding - $0 * dilation) % stride == 0 }
      let outputs = taps.map { (first + padding - $0 * dilation) / stride }
      let step = outputs.count > 1 ? outputs[0] - outputs[1] : 1
      return Phase(
        first: first, count: (extent - first + stride - 1) / stride, taps: taps.reversed(),
        firstOutput: outputs.last ?? 0, outputStep: step)
    }
  }
}

extension ConvolutionProblem {
  fileprivate var rowPhases: [Phase] {
    Phase.all(
      extent: image.height, kernel: kernel.height, stride: geometry.strides.height,
      dilation: geometry.dilation.height, padding: geometry.padding.top)
  }

  fileprivate var columnPhases: [Phase] {
    Phase.all(
      extent: image.width, kernel: kernel.width, stride: geometry.strides.width,
      dilation: geometry.dilation.width, padding: geometry.padding.left)
  }

  /// One group's product for the pixels of two phases.
  fileprivate func product(
    _ rows: Phase, _ columns: Phase, group: Int, _ packing: inout WeightPacking
  ) -> TileProduct {
    let depth = rows.taps.count * columns.taps.count * groupOutputs
    let place = packing.reserve(depth: depth, columns: groupInputs)
    var firstDepth = 0
    for row in rows.taps {
      for column in columns.taps {
        packing.addSlab(
          offset: (row * kernel.width + column) * groupInputs * outputChannels
            + group * groupOutputs,
          depthStride: 1, columnStride: outputChannels, depth: groupOutputs,
          columns: groupInputs, at: place, startingAt: firstDepth, of: depth)
        firstDepth += groupOutputs
      }
    }
    return TileProduct(
      patches: graft_patches(
        input: nil, input_rows: output.height, input_columns: output.width,
        pixel_stride: outputChannels, channels: groupOutputs, tap_rows: rows.taps.count,
        tap_columns: columns.taps.count, tap_row_step: rows.outputStep,
        tap_column_step: columns.outputStep, grid_rows: rows.count, grid_columns: columns.count,
        grid_row_step: 1, grid_column_step: 1, first_row: rows.firstOutput,
        first_column: columns.firstOutput),
      placement: graft_placement(
        output: nil, pixel_stride: inputChannels, output_rows: image.height,
        output_columns: image.width, row_step: geometry.strides.height,
        column_step: geometry.strides.width, first_row: rows.first, first_column: columns.first),
      inputOffset: group * groupOutputs, outputOffset: group * groupInputs, packedOffset: place,
      rows: batch * rows.count * columns.count, columns: groupInputs)
  }
}
