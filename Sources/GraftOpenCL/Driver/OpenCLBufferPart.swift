import COpenCL
import GraftRuntime

/// A part of a buffer as a memory object of its own, for libraries that take no offset.
// OpenCL allows memory objects to be used from any thread.
final class OpenCLBufferPart: @unchecked Sendable {
  let handle: cl_mem
  private let whole: OpenCLBuffer

  /// - Parameter slice: Its offset is a multiple of the device's alignment.
  init(_ slice: BufferSlice<OpenCLBuffer>) throws(OpenCLError) {
    whole = slice.buffer
    handle = try create("clCreateSubBuffer") { status in
      var region = cl_buffer_region(origin: slice.byteOffset, size: slice.byteCount)
      return clCreateSubBuffer(
        slice.buffer.handle, cl_mem_flags(CL_MEM_READ_WRITE),
        cl_buffer_create_type(CL_BUFFER_CREATE_TYPE_REGION), &region, status)
    }
  }

  deinit { clReleaseMemObject(handle) }
}
