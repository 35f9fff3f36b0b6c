import GraftGraph
import GraftRuntime

extension Combine: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let repetition = Repetition(from: problem.operands[1].shape, to: problem.results[0].shape)
    let macros = repetition.macros.merging(["FUNCTION": "\(function)".uppercased()]) { $1 }
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise(
            "combine", in: "elementwise/combine.cl", count: repetition.count,
            along: repetition.extents, macros: macros
          ) { width in
            repetition.arguments(width: width)
              + [binding.operands[0], binding.operands[1], binding.results[0]]
          }
        ]
      }
    ]
  }
}

extension Expand: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let repetition = Repetition(from: problem.operands[0].shape, to: shape)
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [repetition.expand(binding.operands[0], to: binding.results[0], on: device)]
      }
    ]
  }
}

/// How kernels repeat a small tensor over a large one.
struct Repetition {
  let broadcast: Broadcast
  /// The elements of the large tensor, of one of its samples, and of one pixel.
  let count: Int
  let sampleCount: Int
  let channels: Int

  init(from small: Shape, to large: Shape) {
    guard let broadcast = Broadcast(from: small, to: large) else {
      preconditionFailure("\(small) does not repeat to \(large)")
    }
    self.broadcast = broadcast
    count = large.count
    sampleCount = large.count / max(1, large.extents.first ?? 1)
    channels = large.extents.last ?? 1
  }

  /// The repetition of (samples, channels) over `pixels` places each.
  init(samples: Int, pixels: Int, channels: Int) {
    broadcast = .sampleChannels
    count = samples * pixels * channels
    sampleCount = pixels * channels
    self.channels = channels
  }

  var macros: [String: String] {
    switch broadcast {
    case .same: ["BROADCAST": "SAME"]
    case .channels: ["BROADCAST": "CHANNELS"]
    case .sampleChannels: ["BROADCAST": "SAMPLE_CHANNELS"]
    case .scalar: ["BROADCAST": "SCALAR"]
    }
  }

  /// What vectors must divide besides the count.
  var extents: [Int] {
    broadcast == .channels || broadcast == .sampleChannels ? [channels] : []
  }

  /// Sample and pixel sizes in vectors; not used where they need not divide.
  func arguments(width: Int) -> [any KernelArgument] {
    [max(1, sampleCount / width), max(1, channels / width)]
  }

  func expand(
    _ source: OpenCLSlice, to target: OpenCLSlice, factor: Float = 1, on device: OpenCLDevice
  ) -> KernelCall {
    device.elementwise(
      "expand", in: "elementwise/combine.cl", count: count, along: extents, macros: macros
    ) { width in arguments(width: width) + [factor, source, target] }
  }
}
