import COpenCL
import GraftRuntime

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
      handle =
        device.kind == .cpu
        ? try Self.host(byteCount, in: context) : try Self.device(byteCount, in: context)
    } catch .call(_, CL_MEM_OBJECT_ALLOCATION_FAILURE),
      .call(_, CL_OUT_OF_RESOURCES), .call(_, CL_INVALID_BUFFER_SIZE)
    {
      throw refusal
    }
    self.byteCount = byteCount
    self.context = context
    context.book(byteCount: byteCount)
  }

  /// Memory that the driver allocates.
  private static func device(
    _ byteCount: Int, in context: OpenCLContext
  ) throws(OpenCLError) -> cl_mem {
    try create("clCreateBuffer") {
      clCreateBuffer(context.handle, cl_mem_flags(CL_MEM_READ_WRITE), byteCount, nil, $0)
    }
  }

  /// Memory of the host for a device that is one: in huge pages, which drivers don't ask for.
  ///
  /// Drivers use such memory in place where it starts on a page and fills whole cache lines.
  private static func host(
    _ byteCount: Int, in context: OpenCLContext
  ) throws(OpenCLError) -> cl_mem {
    let wholeLines = (byteCount + 63) / 64 * 64
    guard let allocation = HostAllocation(byteCount: wholeLines, alignment: 4096) else {
      throw .call(name: "clCreateBuffer", status: CL_MEM_OBJECT_ALLOCATION_FAILURE)
    }
    let flags = cl_mem_flags(CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR)
    let handle = try create("clCreateBuffer") {
      clCreateBuffer(context.handle, flags, wholeLines, allocation.base, $0)
    }
    // Commands that are under way keep the buffer, and through it the memory, after its release.
    let owner = Unmanaged.passRetained(allocation)
    let status = clSetMemObjectDestructorCallback(
      handle, { _, owner in owner.map { Unmanaged<HostAllocation>.fromOpaque($0).release() } },
      owner.toOpaque())
    if status != CL_SUCCESS {
      clReleaseMemObject(handle)
      owner.release()
      throw .call(name: "clSetMemObjectDestructorCallback", status: status)
    }
    return handle
  }

  deinit {
    clReleaseMemObject(handle)
    context.book(byteCount: -byteCount)
  }
}
