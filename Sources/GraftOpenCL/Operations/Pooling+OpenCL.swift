import GraftGraph
import GraftRuntime

extension Pooling {
  fileprivate var macros: [String: String] {
    switch kind {
    case .maximum: ["KIND": "MAXIMUM"]
    case .average(countsPadding: false): ["KIND": "AVERAGE"]
    case .average(countsPadding: true): ["KIND": "AVERAGE_PADDED"]
    }
  }

  /// A call of a kernel that walks the lines of `walked`, the image or the result.
  fileprivate func call(
    _ kernel: String, image: TensorType, result: TensorType, walking walked: TensorType,
    _ slices: [OpenCLSlice], on device: OpenCLDevice
  ) -> KernelCall {
    let channels = walked.shape[3]
    let width = device.vectorWidth(dividing: [channels])
    let vectors = channels / width
    let (lines, columns) = (walked.shape[0] * walked.shape[1], walked.shape[2])
    // A work-item of a CPU device takes a whole line.
    let (channelRun, columnRun) = device.isCPU ? (vectors, columns) : (1, 1)
    let geometry: [any KernelArgument] = [
      lines, vectors, channelRun, columnRun, image.shape[1], image.shape[2], result.shape[1],
      result.shape[2], window.height, window.width, strides.height, strides.width, padding.top,
      padding.bottom, padding.left, padding.right,
    ]
    return KernelCall(
      kernel, in: "pooling/window.cl",
      macros: macros.merging(["VECTOR_WIDTH": "\(width)"]) { $1 },
      arguments: geometry + slices,
      range: device.range(vectors / channelRun, columns / columnRun, lines))
  }
}

extension Pooling: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (image, result) = (problem.operands[0], problem.results[0])
    return [
      KernelLowering(name: "window", device: device) { binding in
        [
          call(
            "pool", image: image, result: result, walking: result,
            [binding.operands[0], binding.results[0]], on: device)
        ]
      }
    ]
  }
}

extension PoolingGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (image, result) = (problem.results[0], problem.operands[0])
    return [
      KernelLowering(name: "gather", device: device) { binding in
        [
          pooling.call(
            "pool_gradient", image: image, result: result, walking: image,
            binding.operands + binding.results, on: device)
        ]
      }
    ]
  }
}

extension GlobalPooling: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let image = problem.operands[0].shape
    let pixels = image[1] * image[2]
    return [
      ColumnReduction(
        function: kind == .average ? .sum : .maximum, matrices: image[0], rows: pixels,
        columns: image[3], factor: kind == .average ? 1 / Float(pixels) : 1
      ).lowering(on: device)
    ]
  }
}

extension GlobalPoolingGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let image = problem.results[0].shape
    let (samples, pixels, channels) = (image[0], image[1] * image[2], image[3])
    switch kind {
    case .average:
      return [
        KernelLowering(name: "elementwise", device: device) { binding in
          [
            Repetition(samples: samples, pixels: pixels, channels: channels).expand(
              binding.operands[0], to: binding.results[0], factor: 1 / Float(pixels), on: device)
          ]
        }
      ]
    case .maximum:
      let width = device.vectorWidth(dividing: [channels])
      return [
        KernelLowering(name: "columns", device: device) { binding in
          [
            KernelCall(
              "global_maximum_gradient", in: "pooling/global.cl",
              macros: ["VECTOR_WIDTH": "\(width)"],
              arguments: [pixels, channels / width] + binding.operands + binding.results,
              range: device.range(channels / width, samples))
          ]
        }
      ]
    }
  }
}
