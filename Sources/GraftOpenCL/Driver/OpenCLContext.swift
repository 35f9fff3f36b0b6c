import COpenCL
import Synchronization

/// A context of one device, with the count of what is allocated in it.
// OpenCL allows contexts to be used from any thread; the count is atomic.
final class OpenCLContext: @unchecked Sendable {
  let handle: cl_context
  let device: OpenCLDeviceDescription
  private let allocated = Atomic(0)

  init(device: OpenCLDeviceDescription) throws(OpenCLError) {
    self.device = device
    handle = try create("clCreateContext") { status in
      var identifier: cl_device_id? = device.identifier
      return clCreateContext(nil, 1, &identifier, nil, nil, status)
    }
  }

  deinit { clReleaseContext(handle) }

  /// The bytes of all buffers that are alive.
  var allocatedByteCount: Int { allocated.load(ordering: .relaxed) }

  /// Books bytes that a buffer took (positive) or gave back (negative).
  func book(byteCount: Int) { allocated.add(byteCount, ordering: .relaxed) }
}
