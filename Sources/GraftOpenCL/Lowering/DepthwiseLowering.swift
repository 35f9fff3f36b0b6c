import GraftGraph
import GraftRuntime

/// A convolution of each channel for itself, and its gradients (depthwise/convolution.cl).
struct DepthwiseLowering {
  private let problem: ConvolutionProblem
  private let device: OpenCLDevice
  private let width: Int

  init(_ problem: ConvolutionProblem, on device: OpenCLDevice) {
    self.problem = problem
    self.device = device
    width = device.vectorWidth(dividing: [problem.groups])
  }

  func forward(_ epilogue: Epilogue) -> KernelLowering {
    forward(of: problem, name: "depthwise", macros: epilogue.macros) {
      epilogue.arguments($0)
    }
  }

  /// With stride 1 the forward convolution by the flipped kernel, else a gather.
  func inputGradient() -> KernelLowering {
    guard problem.geometry.strides == Extent2D(1) else { return gather() }
    return forward(of: problem.reversed, name: "flipped", macros: ["FLIPPED": "1"]) { _ in [] }
  }

  /// The gradient of the image by looking up, for each pixel, the results that saw it.
  func gather() -> KernelLowering {
    let sharing = sharing(
      lines: problem.imageCount * problem.image.height, blocks: problem.image.width)
    let geometry = sharing.arguments(channels: problem.groups) + windowArguments(of: problem)
    return KernelLowering(name: "gather", device: device) { binding in
      [
        KernelCall(
          "depthwise_input_gradient", in: file, macros: macros(of: problem),
          arguments: geometry + binding.operands + binding.results,
          range: sharing.range(on: device))
      ]
    }
  }

  func kernelGradient() -> KernelLowering {
    let lines = problem.imageCount * problem.result.height
    // On a CPU device the lines of one run stay in the second-level cache for all channels.
    let lineByteCount = 8 * problem.groups * problem.image.width
    let lineRun =
      device.isCPU
      ? max(1, 256 * 1024 / lineByteCount, lines / 512)
      : max(1, lines * vectors / 8192)
    let runs = lines.dividedRoundingUp(by: min(lines, lineRun))
    let geometry =
      [lines, problem.groups, 1, 1, min(lines, lineRun)] + windowArguments(of: problem)
    return KernelLowering(
      name: "two stages", device: device, workspaceByteCount: runs * problem.kernelCount * 4
    ) { binding in
      let sums = try binding.reservedWorkspace
      return [
        KernelCall(
          "depthwise_kernel_gradient", in: file, macros: macros(of: problem),
          arguments: geometry + binding.operands + [sums], range: device.range(vectors, 1, runs)),
        device.sumSlices(
          sums, sliceCount: runs, count: problem.kernelCount, to: binding.results[0]),
      ]
    }
  }

  private func forward(
    of problem: ConvolutionProblem, name: String, macros: [String: String],
    epilogue: @escaping (Binding<OpenCLBuffer>) -> [any KernelArgument]
  ) -> KernelLowering {
    let columns = device.isCPU ? 4 : 2
    let sharing = sharing(
      lines: problem.imageCount * problem.result.height,
      blocks: problem.result.width.dividedRoundingUp(by: columns))
    let geometry = sharing.arguments(channels: problem.groups) + windowArguments(of: problem)
    let macros = self.macros(of: problem).merging(macros) { $1 }
      .merging(["COLUMNS": "\(columns)"]) { $1 }
    return KernelLowering(name: name, device: device) { binding in
      [
        KernelCall(
          "depthwise", in: file, macros: macros,
          arguments: geometry + [binding.operands[0], binding.operands[1]] + epilogue(binding)
            + binding.results,
          range: sharing.range(on: device))
      ]
    }
  }

  private var vectors: Int { problem.groups / width }

  private func macros(of problem: ConvolutionProblem) -> [String: String] {
    let values = [
      "VECTOR_WIDTH": width, "KERNEL_HEIGHT": problem.kernel.height,
      "KERNEL_WIDTH": problem.kernel.width, "STRIDE_X": problem.geometry.strides.width,
      "DILATION_X": problem.geometry.dilation.width,
    ]
    return values.mapValues(String.init)
  }

  private func windowArguments(of problem: ConvolutionProblem) -> [any KernelArgument] {
    let geometry = problem.geometry
    return [
      problem.image.height, problem.image.width, problem.result.height, problem.result.width,
      geometry.strides.height, geometry.padding.top, geometry.padding.left,
      geometry.dilation.height,
    ]
  }

  /// A work-item of a CPU device takes whole lines, all channels if there are lines enough for all
  /// processors; one of a GPU takes a single block.
  private func sharing(lines: Int, blocks: Int) -> Sharing {
    guard device.isCPU else {
      return Sharing(
        lines: lines, lineRun: 1, blocks: blocks, blockRun: 1, vectors: vectors, vectorRun: 1)
    }
    let hasLinesEnough = lines >= 8 * device.description.computeUnitCount
    return Sharing(
      lines: lines, lineRun: 1, blocks: blocks, blockRun: blocks, vectors: vectors,
      vectorRun: hasLinesEnough ? vectors : max(1, vectors / 8))
  }
}

private let file = "depthwise/convolution.cl"

/// How lines, blocks of columns and vectors of channels are shared among work-items.
private struct Sharing {
  let lines: Int
  let lineRun: Int
  let blocks: Int
  let blockRun: Int
  let vectors: Int
  let vectorRun: Int

  func arguments(channels: Int) -> [any KernelArgument] {
    [lines, channels, vectorRun, blockRun, lineRun]
  }

  func range(on device: OpenCLDevice) -> WorkRange {
    device.range(
      vectors.dividedRoundingUp(by: vectorRun), blocks.dividedRoundingUp(by: blockRun),
      lines.dividedRoundingUp(by: lineRun))
  }
}
