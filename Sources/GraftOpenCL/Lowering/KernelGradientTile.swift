import GraftGraph
import GraftRuntime

/// The gradient of a convolution's kernel, or a product whose left matrix is transposed, in register
/// tiles (convolution/kernel_gradient_tile.cl).
struct KernelGradientTile {
  private let problem: ConvolutionProblem

  init(_ problem: ConvolutionProblem) { self.problem = problem }

  func lowering(on device: OpenCLDevice) -> KernelLowering {
    let tileRows = device.registerWidth >= 16 ? 12 : 6
    let panels =
      problem.groups
      * problem.resultChannels.dividedRoundingUp(by: 2 * device.registerWidth)
    let tiles = problem.taps * problem.imageChannels.dividedRoundingUp(by: tileRows)
    let pixels = problem.resultPixels
    // Sums of a few hundred pixels, whose rows stay in the second-level cache for all tiles; less
    // where the sums would take more than 32 MiB of scratch memory.
    let mostSplits = max(1, 32 * 1024 * 1024 / (problem.kernelCount * 4))
    let splits = min(mostSplits, pixels.dividedRoundingUp(by: 512))
    let pixelsPerSplit = pixels.dividedRoundingUp(by: splits)
    let splitCount = pixels.dividedRoundingUp(by: pixelsPerSplit)
    let macros = ["VECTOR_WIDTH": "\(device.registerWidth)", "ROWS": "\(tileRows)"]
    let counts =
      [
        pixels, pixelsPerSplit, problem.groups, problem.image.height, problem.image.width,
        problem.imageChannels, problem.result.height, problem.result.width,
        problem.resultChannels,
      ] + problem.windowArguments
    return KernelLowering(
      name: "tile", device: device,
      workspaceByteCount: splitCount == 1 ? 0 : splitCount * problem.kernelCount * 4
    ) { binding in
      let target = binding.workspace ?? binding.results[0]
      let sums = KernelCall(
        "kernel_gradient_tile", in: "convolution/kernel_gradient_tile.cl", macros: macros,
        arguments: counts + [binding.operands[0], binding.operands[1], target],
        range: WorkRange(panels, tiles, splitCount))
      guard binding.workspace != nil else { return [sums] }
      return [
        sums,
        device.sumSlices(
          target, sliceCount: splitCount, count: problem.kernelCount, to: binding.results[0]),
      ]
    }
  }
}
