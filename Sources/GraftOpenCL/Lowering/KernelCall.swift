import GraftGraph
import GraftRuntime

/// One kernel to run: which, built how, on what, by how many work-items.
struct KernelCall {
  /// The embedded file, for example `"pooling/window.cl"`.
  let file: String
  let kernel: String
  var macros: [String: String]
  let arguments: [any KernelArgument]
  let range: WorkRange

  init(
    _ kernel: String, in file: String, macros: [String: String] = [:],
    arguments: [any KernelArgument], range: WorkRange
  ) {
    (self.kernel, self.file, self.macros) = (kernel, file, macros)
    (self.arguments, self.range) = (arguments, range)
  }
}

/// Kernels with fixed arguments, enqueued one after the other.
struct KernelStep: Step {
  private let launches: [(kernel: OpenCLKernel, range: WorkRange)]
  private let queue: OpenCLQueue

  /// Builds what has to be built.
  init(_ calls: [KernelCall], on device: OpenCLDevice) throws(OpenCLError) {
    queue = device.queue
    var launches: [(kernel: OpenCLKernel, range: WorkRange)] = []
    for call in calls {
      let program = try device.programs.program(call.file, macros: call.macros)
      let kernel = try OpenCLKernel(call.kernel, of: program, arguments: call.arguments)
      launches.append((kernel, call.range))
    }
    self.launches = launches
  }

  func enqueue() throws {
    for launch in launches { try queue.enqueue(launch.kernel, launch.range) }
  }
}

/// A way to run an operation by calling kernels.
struct KernelLowering: Lowering {
  let name: String
  let device: OpenCLDevice
  var workspaceByteCount = 0
  var preparations: [OperandPreparation<OpenCLBuffer>] = []
  var refusedOverwrites: Set<Overwrite> = []
  var isContender = true
  /// The calls for given buffers.
  let calls: (Binding<OpenCLBuffer>) throws -> [KernelCall]

  func bind(_ binding: Binding<OpenCLBuffer>) throws -> any Step {
    try KernelStep(calls(binding), on: device)
  }
}
