import COpenCL
import GraftRuntime

/// A kernel with its arguments, set once and kept.
///
/// Every bound step makes its own, so that arguments never change between enqueues.
// Arguments are set in the initializer only; enqueuing from one thread at a time is the caller's.
final class OpenCLKernel: @unchecked Sendable {
  let handle: cl_kernel
  let name: String
  private let program: OpenCLProgram

  init(
    _ name: String, of program: OpenCLProgram, arguments: [any KernelArgument]
  ) throws(OpenCLError) {
    self.name = name
    self.program = program
    handle = try create("clCreateKernel of \(name)") {
      clCreateKernel(program.handle, name, $0)
    }
    var list = KernelArguments(of: handle, named: name)
    for argument in arguments { try argument.pass(to: &list) }
  }

  deinit { clReleaseKernel(handle) }
}
