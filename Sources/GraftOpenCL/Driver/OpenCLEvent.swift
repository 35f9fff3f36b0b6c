import COpenCL

/// The end of a command.
// OpenCL allows events to be used from any thread.
final class OpenCLEvent: @unchecked Sendable {
  let handle: cl_event

  /// Takes over the caller's reference.
  init(_ handle: cl_event) { self.handle = handle }

  deinit { clReleaseEvent(handle) }
}
