import COpenCL

/// An in-order queue of commands of one device.
// OpenCL allows queues to be used from any thread.
final class OpenCLQueue: @unchecked Sendable {
  let handle: cl_command_queue
  private let context: OpenCLContext

  init(context: OpenCLContext) throws(OpenCLError) {
    self.context = context
    handle = try create("clCreateCommandQueue") {
      clCreateCommandQueue(context.handle, context.device.identifier, 0, $0)
    }
  }

  deinit { clReleaseCommandQueue(handle) }

  /// Copies host memory into a buffer and waits.
  ///
  /// - Parameter event: What must have happened before, on any queue.
  func write(
    _ source: UnsafeRawBufferPointer, to buffer: OpenCLBuffer, atByteOffset offset: Int,
    after event: OpenCLEvent? = nil
  ) throws(OpenCLError) {
    guard let base = source.baseAddress, source.count > 0 else { return }
    precondition(offset >= 0 && offset + source.count <= buffer.byteCount, "write past the end")
    var first = event?.handle
    let status = withUnsafePointer(to: &first) {
      clEnqueueWriteBuffer(
        handle, buffer.handle, cl_bool(CL_TRUE), offset, source.count, base, event == nil ? 0 : 1,
        event == nil ? nil : $0, nil)
    }
    try check(status, "clEnqueueWriteBuffer")
  }

  /// Copies a part of a buffer into host memory and waits for all that was enqueued before.
  func read(
    _ buffer: OpenCLBuffer, atByteOffset offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(OpenCLError) {
    guard let base = target.baseAddress, target.count > 0 else { return }
    precondition(offset >= 0 && offset + target.count <= buffer.byteCount, "read past the end")
    try check(
      clEnqueueReadBuffer(
        handle, buffer.handle, cl_bool(CL_TRUE), offset, target.count, base, 0, nil, nil),
      "clEnqueueReadBuffer")
  }

  /// Copies between buffers, in order with the other commands.
  ///
  /// - Returns: The end of the copy.
  @discardableResult
  func copy(
    from source: OpenCLBuffer, atByteOffset sourceOffset: Int, to target: OpenCLBuffer,
    atByteOffset targetOffset: Int, byteCount: Int
  ) throws(OpenCLError) -> OpenCLEvent {
    var event: cl_event?
    let status = clEnqueueCopyBuffer(
      handle, source.handle, target.handle, sourceOffset, targetOffset, byteCount, 0, nil, &event)
    try check(status, "clEnqueueCopyBuffer")
    guard let event else { throw .call(name: "clEnqueueCopyBuffer", status: CL_INVALID_EVENT) }
    return OpenCLEvent(event)
  }

  /// Enqueues one kernel; nothing is allocated on the way.
  func enqueue(_ kernel: OpenCLKernel, _ range: borrowing WorkRange) throws(OpenCLError) {
    let status = range.withSizes { dimensions, global, local in
      clEnqueueNDRangeKernel(handle, kernel.handle, dimensions, nil, global, local, 0, nil, nil)
    }
    if status != CL_SUCCESS {
      throw .call(name: "clEnqueueNDRangeKernel of \(kernel.name)", status: status)
    }
  }

  /// Hands everything enqueued to the device without waiting.
  func flush() throws(OpenCLError) { try check(clFlush(handle), "clFlush") }

  /// Waits until everything enqueued is done.
  func finish() throws(OpenCLError) { try check(clFinish(handle), "clFinish") }
}
