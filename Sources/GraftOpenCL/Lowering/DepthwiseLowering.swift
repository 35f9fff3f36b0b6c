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

  private var vectors: Int { problem.groups / width }
  private var macros: [String: String] {
    [
      "VECTOR_WIDTH": "\(width)", "KERNEL_HEIGHT": "\(problem.kernel.height)",
      "KERNEL_WIDTH": "\(problem.kernel.width)",
    ]
  }

  func forward(_ epilogue: Epilogue) -> KernelLowering {
    let geometry = problem.geometry
    let sharing = sharing(lines: problem.imageCount * problem.result.height, problem.result.width)
    return lowering(name: "depthwise") { binding in
      KernelCall(
        "depthwise", in: file, macros: macros.merging(epilogue.macros) { $1 },
        arguments: sharing.arguments(channels: problem.groups)
          + window(
            image: problem.image, result: problem.result, strides: geometry.strides,
            padding: Extent2D(geometry.padding.top, geometry.padding.left))
          + [binding.operands[0], binding.operands[1]] + epilogue.arguments(binding)
          + [binding.results[0]],
        range: device.range(vectors, sharing.columnItems, sharing.lineItems))
    }
  }

  /// With stride 1 the forward convolution by the flipped kernel, else a gather.
  func inputGradient() -> KernelLowering {
    problem.geometry.strides == Extent2D(1) ? flippedForward() : gather()
  }

  private func flippedForward() -> KernelLowering {
    let (dilation, padding) = (problem.geometry.dilation, problem.geometry.padding)
    let sharing = sharing(lines: problem.imageCount * problem.image.height, problem.image.width)
    return lowering(name: "flipped") { binding in
      KernelCall(
        "depthwise", in: file, macros: macros.merging(["FLIPPED": "1"]) { $1 },
        arguments: sharing.arguments(channels: problem.groups)
          + window(
            image: problem.result, result: problem.image, strides: Extent2D(1),
            padding: Extent2D(
              (problem.kernel.height - 1) * dilation.height - padding.top,
              (problem.kernel.width - 1) * dilation.width - padding.left))
          + [binding.operands[0], binding.operands[1], binding.results[0]],
        range: device.range(vectors, sharing.columnItems, sharing.lineItems))
    }
  }

  /// The gradient of the image by looking up, for each pixel, the results that saw it.
  func gather() -> KernelLowering {
    let sharing = sharing(lines: problem.imageCount * problem.image.height, problem.image.width)
    return lowering(name: "gather") { binding in
      KernelCall(
        "depthwise_input_gradient", in: file, macros: macros,
        arguments: sharing.arguments(channels: problem.groups) + forwardWindow
          + [binding.operands[0], binding.operands[1], binding.results[0]],
        range: device.range(vectors, sharing.columnItems, sharing.lineItems))
    }
  }

  func kernelGradient() -> KernelLowering {
    let lines = problem.imageCount * problem.result.height
    let wantedRuns = device.isCPU ? 64 : 8192 / max(1, vectors) + 1
    let lineRun = max(1, lines.dividedRoundingUp(by: min(lines, wantedRuns)))
    let runs = lines.dividedRoundingUp(by: lineRun)
    let sharing = Sharing(
      lines: lines, lineRun: lineRun, columns: problem.result.width,
      columnRun: problem.result.width)
    return KernelLowering(
      name: "two stages", device: device, workspaceByteCount: runs * problem.kernelCount * 4
    ) { binding in
      guard let sums = binding.workspace else { return [] }
      return [
        KernelCall(
          "depthwise_kernel_gradient", in: file, macros: macros,
          arguments: sharing.arguments(channels: problem.groups) + forwardWindow
            + [binding.operands[0], binding.operands[1], sums],
          range: device.range(vectors, 1, runs)),
        device.sumSlices(
          sums, sliceCount: runs, count: problem.kernelCount, to: binding.results[0]),
      ]
    }
  }

  private func lowering(
    name: String, _ call: @escaping (Binding<OpenCLBuffer>) -> KernelCall
  ) -> KernelLowering {
    KernelLowering(name: name, device: device) { [call($0)] }
  }

  private var forwardWindow: [any KernelArgument] {
    let geometry = problem.geometry
    return window(
      image: problem.image, result: problem.result, strides: geometry.strides,
      padding: Extent2D(geometry.padding.top, geometry.padding.left))
  }

  private func window(
    image: Extent2D, result: Extent2D, strides: Extent2D, padding: Extent2D
  ) -> [any KernelArgument] {
    let dilation = problem.geometry.dilation
    return [
      image.height, image.width, result.height, result.width, strides.height, strides.width,
      padding.height, padding.width, dilation.height, dilation.width,
    ]
  }

  /// A work-item of a CPU device takes at least some hundred pixels, one of a GPU a single one.
  private func sharing(lines: Int, _ columns: Int) -> Sharing {
    device.isCPU
      ? Sharing(
        lines: lines, lineRun: max(1, min(128 / columns, lines)), columns: columns,
        columnRun: columns)
      : Sharing(lines: lines, lineRun: 1, columns: columns, columnRun: 1)
  }
}

private let file = "depthwise/convolution.cl"

/// How lines and columns are shared among work-items.
private struct Sharing {
  let lines: Int
  let lineRun: Int
  let columns: Int
  let columnRun: Int

  var lineItems: Int { lines.dividedRoundingUp(by: lineRun) }
  var columnItems: Int { columns.dividedRoundingUp(by: columnRun) }

  func arguments(channels: Int) -> [any KernelArgument] { [lines, channels, lineRun, columnRun] }
}
