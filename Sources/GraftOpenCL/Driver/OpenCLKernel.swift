import COpenCL

/// A kernel with its arguments, set once and kept.
///
/// Every bound step makes its own, so that arguments never change between enqueues.
// Arguments are set in the initializer only; enqueuing from one thread at a time is the caller's.
final class OpenCLKernel: @unchecked Sendable {
  /// One argument as the kernel's signature has it.
  enum Argument {
    case int(Int)
    case float(Float)
    /// A buffer, followed by an element offset: two arguments.
    case slice(OpenCLBuffer, elementOffset: Int)
  }

  let handle: cl_kernel
  let name: String
  // The driver keeps buffers alive too, but not their place in the context's count.
  private let buffers: [OpenCLBuffer]
  private let program: OpenCLProgram

  init(_ name: String, of program: OpenCLProgram, arguments: [Argument]) throws(OpenCLError) {
    self.name = name
    self.program = program
    buffers = arguments.compactMap {
      if case .slice(let buffer, _) = $0 { buffer } else { nil }
    }
    handle = try create("clCreateKernel of \(name)") {
      clCreateKernel(program.handle, name, $0)
    }
    var position: cl_uint = 0
    for argument in arguments {
      switch argument {
      case .int(let value): try set(try narrow(value), at: &position)
      case .float(let value): try set(value, at: &position)
      case .slice(let buffer, let offset):
        try set(buffer.handle, at: &position)
        try set(try narrow(offset), at: &position)
      }
    }
  }

  deinit { clReleaseKernel(handle) }

  private func narrow(_ value: Int) throws(OpenCLError) -> Int32 {
    guard let narrowed = Int32(exactly: value) else {
      throw .tooManyElements(count: value, kernel: name)
    }
    return narrowed
  }

  private func set<Value>(_ value: Value, at position: inout cl_uint) throws(OpenCLError) {
    let status = withUnsafePointer(to: value) {
      clSetKernelArg(handle, position, MemoryLayout<Value>.size, $0)
    }
    try check(status, "clSetKernelArg \(position) of \(name)")
    position += 1
  }
}
