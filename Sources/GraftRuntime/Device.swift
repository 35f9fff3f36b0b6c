public import GraftGraph

/// What a device is, as far as choosing algorithms and planning memory goes.
public struct DeviceTraits: Hashable, Sendable {
  /// The kind of processor.
  public enum Kind: String, Hashable, Sendable { case cpu, gpu, accelerator }
  public var kind: Kind
  /// The memory the device can use, in bytes.
  public var memoryByteCount: Int
  /// The largest single allocation, in bytes.
  public var largestAllocationByteCount: Int
  /// What every offset into a buffer is a multiple of, in bytes; slices of batches apart.
  public var alignment: Int
  /// How long batches are cut into slices, or `nil` where that doesn't pay.
  public var slicing: BatchSlicing?

  /// What a device is.
  ///
  /// - Parameters:
  ///   - memoryByteCount: The memory the device can use.
  ///   - largestAllocationByteCount: The largest single allocation.
  ///   - alignment: What every offset into a buffer is a multiple of, in bytes.
  ///   - slicing: How long batches are cut into slices; not at all if `nil`.
  public init(
    kind: Kind, memoryByteCount: Int, largestAllocationByteCount: Int, alignment: Int = 64,
    slicing: BatchSlicing? = nil
  ) {
    self.kind = kind
    self.memoryByteCount = memoryByteCount
    self.largestAllocationByteCount = largestAllocationByteCount
    self.alignment = alignment
    self.slicing = slicing
  }
}

/// Something that holds buffers and runs operations on them.
///
/// One executable runs on a device at a time; steps run in the order in which they are enqueued.
public protocol Device: AnyObject, Sendable {
  /// One allocation on the device; releasing it frees the memory.
  associatedtype Buffer: AnyObject

  /// What the device calls itself, for people.
  var name: String { get }
  /// Identifies device, driver and version: what a measurement made on it is valid for.
  var identity: String { get }
  var traits: DeviceTraits { get }
  /// The version of the device's algorithms where measurements choose among them; `nil` where the
  /// first candidate always runs, so that results depend on the seed alone.
  var tuningVersion: String? { get }
  /// The bytes of all buffers that exist now, by the device's own count.
  var allocatedByteCount: Int { get }
  /// Where those who share the device take turns.
  var turns: DeviceQueue { get }

  /// Allocates a buffer whose content is undefined.
  ///
  /// - Throws: An error that says how much was asked for and how much there is.
  func makeBuffer(byteCount: Int) throws -> Buffer
  /// Copies bytes to the device; they may change once this returns.
  func write(_ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<Buffer>) throws
  /// Copies bytes from the device once everything enqueued before is done.
  func read(_ slice: BufferSlice<Buffer>, into bytes: UnsafeMutableRawBufferPointer) throws
  /// Waits until everything enqueued is done.
  func synchronize() throws
  /// Transfers that don't wait for steps; `nil` where there is no gain in them.
  var sideTransfers: (any SideTransfers<Buffer>)? { get }

  /// All ways to run `problem`, the best guess first; reserves nothing.
  ///
  /// - Throws: ``UnsupportedOperation`` where there is none.
  func candidates(for problem: Problem) throws -> [any Lowering<Buffer>]
}

extension Device {
  public var tuningVersion: String? { nil }
  public var sideTransfers: (any SideTransfers<Buffer>)? { nil }
}

/// Copies to a device beside the steps that run on it, through memory that no step uses.
public protocol SideTransfers<Buffer>: AnyObject {
  associatedtype Buffer: AnyObject

  /// Copies bytes to the device while steps run, once copies out of the slice are done; the bytes may
  /// change once this returns.
  func write(_ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<Buffer>) throws
  /// Enqueues a copy on the device, in order with its steps.
  func copy(from source: BufferSlice<Buffer>, to target: BufferSlice<Buffer>) throws
}

/// A part of a buffer of a device.
public struct BufferSlice<Buffer> {
  public let buffer: Buffer
  /// Where the part begins, in bytes; a multiple of the device's alignment, or of its slices'.
  public let byteOffset: Int
  public let byteCount: Int

  /// A part of `byteCount` bytes from `byteOffset` on.
  public init(_ buffer: Buffer, byteOffset: Int, byteCount: Int) {
    self.buffer = buffer
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }
}

/// A device can't run an operation.
public struct UnsupportedOperation: Error, CustomStringConvertible {
  public let operation: any Operation
  public let deviceName: String

  /// An operation that the device of this name can't run.
  public init(operation: any Operation, deviceName: String) {
    self.operation = operation
    self.deviceName = deviceName
  }

  public var description: String {
    "\(operation.name) is not supported on \(deviceName); choose another device"
  }
}
