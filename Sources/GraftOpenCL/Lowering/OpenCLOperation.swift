import GraftGraph
import GraftRuntime

/// An operation that OpenCL devices can run.
protocol OpenCLOperation: Operation {
  /// All ways to run a problem of this operation, the best guess first, the reference last.
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) throws -> [any Lowering<OpenCLBuffer>]
}

/// A part of an OpenCL buffer.
typealias OpenCLSlice = BufferSlice<OpenCLBuffer>

extension BufferSlice {
  /// A part of this slice.
  func part(byteOffset: Int, byteCount: Int) -> BufferSlice {
    precondition(byteOffset + byteCount <= self.byteCount, "a part past the slice's end")
    return BufferSlice(buffer, byteOffset: self.byteOffset + byteOffset, byteCount: byteCount)
  }
}
