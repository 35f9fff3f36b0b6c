import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// The gradient of a 3×3 kernel of stride 1 by the transposed transforms of Winograd's F(4×4).
struct WinogradGradient {
  private let shape: graft_winograd
  private let tileCount: Int

  /// What the factors of the tiles that are done together may take, in floats: 16 MiB.
  private static let mostFactors = 4 << 20

  /// Returns `nil` where the convolution is of another kind.
  init?(_ extents: ConvolutionProblem) {
    guard extents.suitsWinograd, extents.kernel == Extent2D(3) else { return nil }
    var shape = extents.winograd
    tileCount = extents.batch * graft_winograd_tile_count(&shape)
    self.shape = shape
  }

  /// Whether the transforms are likely to pay.
  var pays: Bool { min(shape.input_channels, shape.output_channels) >= 32 && tileCount >= 32 }

  /// Operands: the images and the output's gradient.
  func lowering(on device: CPUDevice) -> CPULowering {
    var shape = shape
    let factorCount = graft_winograd_gradient_factor_count(&shape)
    // By the extents alone, so that results don't depend on the number of threads.
    let capacity = tileCount.cut(intoAtMost: max(64, Self.mostFactors / factorCount))
    let scratchCount = graft_winograd_gradient_scratch_count()
    let factorsCount = (capacity * factorCount).roundedUp(to: 16)
    return CPULowering(
      "winograd4x4", on: device,
      workspaceCount: factorsCount + scratchCount * device.threadCount
    ) { data in
      let (factors, scratch) = (data.workspace, data.workspace + factorsCount)
      return stride(from: 0, to: tileCount, by: capacity).flatMap { first in
        let tiles = first..<min(tileCount, first + capacity)
        return [
          transforms(of: tiles, data, factors, capacity: capacity),
          products(
            of: tiles, data, factors, capacity: capacity, scratch, scratchCount: scratchCount),
        ]
      }
    }
  }

  private func transforms(
    of tiles: Range<Int>, _ data: BoundData, _ factors: UnsafeMutablePointer<Float>, capacity: Int
  ) -> Stage {
    var bound = shape
    bound.input = data.operand(0)
    let (shape, gradient) = (bound, data.operand(1))
    return Stage(over: tiles.count, rangeCount: 8) {
      var shape = shape
      graft_winograd_gradient_factors(
        &shape, gradient, tiles.lowerBound, $0.lowerBound, $0.upperBound, capacity, factors)
    }
  }

  private func products(
    of tiles: Range<Int>, _ data: BoundData, _ factors: UnsafePointer<Float>, capacity: Int,
    _ scratch: UnsafeMutablePointer<Float>, scratchCount: Int
  ) -> Stage {
    let (inputs, outputs) = (
      graft_winograd_gradient_block_inputs(), graft_winograd_gradient_block_outputs()
    )
    let inputBlocks = shape.input_channels.dividedRoundingUp(by: inputs)
    let outputBlocks = shape.output_channels.dividedRoundingUp(by: outputs)
    let (shape, result) = (shape, data.result())
    return Stage(taskCount: inputBlocks * outputBlocks) { task, worker in
      var shape = shape
      graft_winograd_gradient_products(
        &shape, factors, capacity, tiles.count, task % inputBlocks * inputs,
        task / inputBlocks * outputs, tiles.lowerBound > 0, result, scratch + worker * scratchCount)
    }
  }
}
