import GraftGraph
import GraftRuntime

/// A convolution or the gradient of its image by Winograd's filtering in three kernels over chunks of tiles (convolution/winograd_stages.cl).
struct WinogradStages {
  private let problem: WinogradProblem
  private let epilogue: Epilogue

  private static let blockWidth = 64
  /// What factors and sums of a chunk may take.
  private static let mostWorkspaceByteCount = 64 << 20

  init(_ problem: WinogradProblem, epilogue: Epilogue = .none) {
    (self.problem, self.epilogue) = (problem, epilogue)
  }

  func lowering(on device: OpenCLDevice) -> KernelLowering {
    let byteCountPerTile =
      4 * problem.pointCount * (problem.sourceChannels + problem.targetChannels)
    let most = max(1, Self.mostWorkspaceByteCount / byteCountPerTile / Self.blockWidth)
    let tilesPerChunk = min(problem.tileCount, most * Self.blockWidth)
    return KernelLowering(
      name: "\(problem.name) stages", device: device,
      workspaceByteCount: tilesPerChunk * byteCountPerTile + device.traits.alignment,
      preparations: [problem.preparation(of: 1, panelWidth: Self.blockWidth, on: device)]
    ) { binding in
      try stride(from: 0, to: problem.tileCount, by: tilesPerChunk).flatMap { first in
        let tiles = first..<min(problem.tileCount, first + tilesPerChunk)
        return try calls(binding, tiles: tiles, on: device)
      }
    }
  }

  /// The three kernels for some tiles.
  private func calls(
    _ binding: Binding<OpenCLBuffer>, tiles: Range<Int>, on device: OpenCLDevice
  ) throws -> [KernelCall] {
    let workspace = try binding.reservedWorkspace
    let (inputs, outputs) = (problem.sourceChannels, problem.targetChannels)
    let factorByteCount = (4 * problem.pointCount * tiles.count * inputs)
      .roundedUp(to: device.traits.alignment)
    let factors = workspace.part(byteOffset: 0, byteCount: factorByteCount)
    let sums = workspace.part(
      byteOffset: factorByteCount, byteCount: 4 * problem.pointCount * tiles.count * outputs)
    let places = [tiles.lowerBound, tiles.count, problem.tilesDown, problem.tilesAcross]
    let (source, target, width) = (problem.source, problem.target, Self.blockWidth)
    let geometry =
      places + [source.height, source.width, inputs, problem.paddingTop, problem.paddingLeft]
    func call(
      _ kernel: String, _ arguments: [any KernelArgument], _ range: WorkRange
    ) -> KernelCall {
      let vectorWidth = device.vectorWidth(dividing: [inputs, outputs])
      return KernelCall(
        kernel, in: "convolution/winograd_stages.cl",
        macros: epilogue.macros.merging(["VECTOR_WIDTH": "\(vectorWidth)"]) { $1 }
          .merging(problem.macros) { $1 },
        arguments: arguments, range: range)
    }
    let vectorWidth = device.vectorWidth(dividing: [inputs, outputs])
    return [
      call(
        "winograd_factors", geometry + [binding.operands[0], factors],
        device.range(inputs / vectorWidth, tiles.count)),
      call(
        "winograd_products",
        [tiles.count, inputs, outputs, factors, binding.operands[1], sums],
        WorkRange(
          outputs.dividedRoundingUp(by: width) * 16, tiles.count.dividedRoundingUp(by: width) * 16,
          problem.pointCount, group: SIMD3(16, 16, 1))),
      call(
        "winograd_results",
        places + [target.height, target.width, outputs, sums] + epilogue.arguments(binding)
          + [binding.results[0]],
        device.range(outputs / vectorWidth, tiles.count)),
    ]
  }
}
