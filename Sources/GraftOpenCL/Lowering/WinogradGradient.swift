import GraftGraph
import GraftRuntime

/// The gradient of a 3×3 kernel of stride 1 by the transposed transforms of Winograd's F(4×4), on CPU
/// devices (convolution/winograd_gradient.cl).
struct WinogradGradient {
  private let problem: WinogradProblem

  /// What the factors of the tiles that are done together may take, in floats: 16 MiB.
  private static let mostFactors = 4 << 20
  private static let (blockInputs, blockPanels) = (48, 4)
  /// The tiles that one work-item transforms.
  private static let run = 8
  private static let planePadding = 16

  /// Returns `nil` where the convolution is of another kind.
  init?(_ convolution: ConvolutionProblem) {
    guard let problem = WinogradProblem(convolution), problem.kernel == Extent2D(3) else {
      return nil
    }
    self.problem = problem
  }

  /// Whether the transforms are likely to pay.
  var pays: Bool { problem.pays() }

  /// Returns `nil` where vectors don't divide the channels.
  func lowering(on device: OpenCLDevice) -> KernelLowering? {
    let (width, units) = (device.registerWidth, device.description.computeUnitCount)
    let (inputs, outputs) = (problem.sourceChannels, problem.targetChannels)
    guard inputs % width == 0, outputs % width == 0 else { return nil }
    let panelWidth = 2 * width
    let factorCount =
      problem.pointCount
      * (inputs.roundedUp(to: Self.blockInputs) + outputs.roundedUp(to: panelWidth))
    let tilesPerChunk = problem.tileCount.cut(intoAtMost: max(64, Self.mostFactors / factorCount))
    let taskCount =
      inputs.dividedRoundingUp(by: Self.blockInputs)
      * outputs.dividedRoundingUp(by: Self.blockPanels * panelWidth)
    let itemCount = min(taskCount, 2 * units)
    let scratchCount =
      problem.pointCount
      * (Self.blockInputs * Self.blockPanels * panelWidth + Self.planePadding)
    let macros = [
      "VECTOR_WIDTH": width, "ROWS": width >= 16 ? 12 : 6, "RUN": Self.run,
      "BLOCK_INPUTS": Self.blockInputs, "BLOCK_PANELS": Self.blockPanels,
    ].mapValues(String.init)
    let factorsByteCount =
      4 * (tilesPerChunk * factorCount + 2 * problem.pointCount * Self.planePadding)
    let scratchByteCount = 4 * itemCount * scratchCount
    let (image, result) = (problem.source, problem.target)
    return KernelLowering(
      name: problem.name, device: device,
      workspaceByteCount: factorsByteCount + scratchByteCount
    ) { binding in
      let workspace = try binding.reservedWorkspace
      let factors = workspace.part(byteOffset: 0, byteCount: factorsByteCount)
      let scratch = workspace.part(byteOffset: factorsByteCount, byteCount: scratchByteCount)
      func call(
        _ kernel: String, _ arguments: [any KernelArgument], _ range: WorkRange
      ) -> KernelCall {
        KernelCall(
          kernel, in: "convolution/winograd_gradient.cl", macros: macros, arguments: arguments,
          range: range)
      }
      return stride(from: 0, to: problem.tileCount, by: tilesPerChunk).flatMap { first in
        let count = min(tilesPerChunk, problem.tileCount - first)
        let places = [first, count, problem.tilesDown, problem.tilesAcross, tilesPerChunk]
        let extents = [
          image.height, image.width, inputs, result.height, result.width, outputs,
          problem.paddingTop, problem.paddingLeft,
        ]
        return [
          call(
            "winograd_gradient_factors",
            places + extents + [binding.operands[0], binding.operands[1], factors],
            WorkRange(count.dividedRoundingUp(by: Self.run))),
          call(
            "winograd_gradient_products",
            [count, tilesPerChunk, inputs, outputs, first > 0 ? 1 : 0, scratchCount]
              + [factors, scratch, binding.results[0]],
            WorkRange(itemCount)),
        ]
      }
    }
  }
}
