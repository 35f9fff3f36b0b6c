import COpenCL

/// A block of device memory.
// OpenCL allows memory objects to be used from any thread.
public final class OpenCLBuffer: @unchecked Sendable {
  let handle: cl_mem
  public let byteCount: Int
  private let context: OpenCLContext

  /// Allocates memory whose contents are undefined.
  ///
  /// - Throws: `OpenCLError.allocation` where the device cannot hold it.
  init(byteCount: Int, in context: OpenCLContext) throws(OpenCLError) {
    precondition(byteCount > 0, "a buffer holds at least one byte")
    let device = context.device
    let refusal = OpenCLError.allocation(
      byteCount: byteCount, device: device.name,
      largestAllocation: device.largestAllocationByteCount, memory: device.memoryByteCount)
    if byteCount > device.largestAllocationByteCount { throw refusal }
    do {
      handle = try create("clCreateBuffer") {
        clCreateBuffer(context.handle, cl_mem_flags(CL_MEM_READ_WRITE), byteCount, nil, $0)
      }
    } catch .call(_, CL_MEM_OBJECT_ALLOCATION_FAILURE),
      .call(_, CL_OUT_OF_RESOURCES), .call(_, CL_INVALID_BUFFER_SIZE)
    {
      throw refusal
    }
    self.byteCount = byteCount
    self.context = context
    context.book(byteCount: byteCount)
  }

  deinit {
    clReleaseMemObject(handle)
    context.book(byteCount: -byteCount)
  }
}
