import COpenBLAS
import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Convolution: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let extents = ConvolutionProblem(
      geometry, image: problem.operands[0].shape, kernel: problem.operands[1].shape,
      output: problem.results[0].shape)
    var candidates: [CPULowering] = []
    if extents.isDepthwise { candidates.append(depthwise(extents, on: device)) }
    candidates.append(tile(extents, on: device))
    if let product = WinogradProduct(extents) {
      let lowering = product.lowering(
        epilogue: epilogue, packingKey: extents.packingKey, on: device)
      let pays = product.pays(kernelIsConstant: problem.constantOperands.contains(1))
      candidates.insert(lowering, at: pays ? 0 : candidates.count)
    }
    if geometry.groups == 1 { candidates.append(openBLAS(extents, on: device)) }
    return candidates
  }

  private func depthwise(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    let (shape, epilogue) = (extents.depthwise, epilogue)
    return CPULowering("depthwise", on: device) { data in
      let (image, kernel, output) = (data.operand(0), data.operand(1), data.result())
      let finish = epilogue.kernel(data)
      return [
        Stage(over: extents.batch * extents.output.height, rangeCount: 4) {
          var (shape, finish) = (shape, finish)
          graft_depthwise_rows(
            &shape, image, kernel, &finish, output, $0.lowerBound, $0.upperBound)
        }
      ]
    }
  }

  private func tile(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    var packing = WeightPacking()
    let depth = extents.taps * extents.groupInputs
    let products = (0..<extents.groups).map { group in
      let offset = group * extents.groupOutputs
      return TileProduct(
        patches: extents.patches,
        placement: graft_placement(
          output: nil, pixel_stride: extents.outputChannels, output_rows: extents.output.height,
          output_columns: extents.output.width, row_step: 1, column_step: 1, first_row: 0,
          first_column: 0),
        inputOffset: group * extents.groupInputs, outputOffset: offset,
        packedOffset: packing.add(
          offset: offset, depthStride: extents.outputChannels, columnStride: 1, depth: depth,
          columns: extents.groupOutputs),
        rows: extents.outputPixels, columns: extents.groupOutputs)
    }
    let work = TileProducts(products: products, epilogue: epilogue)
    let workers = device.threadCount
    return CPULowering(
      "tile", on: device, workspaceCount: work.workspaceCount(workers: workers),
      preparations: [
        device.preparation(
          ofOperand: 1, key: extents.packingKey("tile"), count: packing.count,
          { [packing] in packing.stage($0, $1) })
      ]
    ) { [work.stage($0, workers: workers)] }
  }

  /// Gathers some output pixels' patches and multiplies them by the plain kernel.
  private func openBLAS(_ extents: ConvolutionProblem, on device: CPUDevice) -> CPULowering {
    let (depth, columns) = (extents.taps * extents.inputChannels, extents.outputChannels)
    let rowsPerTask = max(16, min(512, (1 << 18) / depth))
    let (scratchCount, epilogue) = (rowsPerTask * depth, epilogue)
    let refused = Set(epilogue.residualIndex.map { [Overwrite(operand: $0)] } ?? [])
    return CPULowering(
      "openblas", on: device, workspaceCount: scratchCount * device.threadCount,
      refusedOverwrites: refused
    ) { data in
      let (image, kernel, output) = (data.operand(0), data.operand(1), data.result())
      let (scratch, finish) = (data.workspace, epilogue.kernel(data))
      let taskCount = (extents.outputPixels + rowsPerTask - 1) / rowsPerTask
      return [
        Stage(taskCount: taskCount) { task, worker in
          let first = task * rowsPerTask
          let count = min(rowsPerTask, extents.outputPixels - first)
          let (rows, result) = (scratch + worker * scratchCount, output + first * columns)
          var (patches, finish) = (extents.patches, finish)
          patches.input = image
          graft_gather_patches(&patches, first, first + count, rows)
          cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(count), blasint(columns),
            blasint(depth), 1, rows, blasint(depth), kernel, blasint(columns), 0, result,
            blasint(columns))
          graft_finish_rows(
            &finish, finish.residual.map { $0 + first * columns }, result, count, columns)
        }
      ]
    }
  }

}
