import GraftRuntime
import Synchronization

/// Copies to a device through a queue of their own, beside the one in which its steps run.
final class OpenCLSideTransfers: SideTransfers, Sendable {
  private let steps: OpenCLQueue
  private let transfers: OpenCLQueue
  /// The end of the last copy out of memory that may be written again after it.
  private let lastCopy = Mutex<OpenCLEvent?>(nil)

  init(beside steps: OpenCLQueue, in context: OpenCLContext) throws(OpenCLError) {
    self.steps = steps
    transfers = try OpenCLQueue(context: context)
  }

  func write(_ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<OpenCLBuffer>) throws {
    precondition(bytes.count <= slice.byteCount, "more bytes than the slice holds")
    // What was enqueued must be on its way: for it to run meanwhile, and for the copy to end.
    try steps.flush()
    let copy = lastCopy.withLock { $0 }
    try transfers.write(bytes, to: slice.buffer, atByteOffset: slice.byteOffset, after: copy)
  }

  func copy(
    from source: BufferSlice<OpenCLBuffer>, to target: BufferSlice<OpenCLBuffer>
  ) throws {
    let end = try steps.copy(
      from: source.buffer, atByteOffset: source.byteOffset, to: target.buffer,
      atByteOffset: target.byteOffset, byteCount: target.byteCount)
    lastCopy.withLock { $0 = end }
  }
}
