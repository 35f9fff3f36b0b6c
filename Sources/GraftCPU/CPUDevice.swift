import COpenBLAS
import Foundation
import GraftCPUKernels
import GraftGraph
public import GraftRuntime

/// The processor, with vector kernels of its own and OpenBLAS.
public final class CPUDevice: Device {
  /// What every buffer and offset is a multiple of, in bytes: a cache line, an AVX-512 vector.
  static let alignment = 64

  public let name: String
  public let traits: DeviceTraits
  public let turns = DeviceQueue()
  let pool: ThreadPool
  private let allocations = AllocationCount()

  /// Starts one thread per core that this process may use.
  ///
  /// - Parameters:
  ///   - threadCount: How many threads work; results don't depend on it.
  ///   - sliceByteCount: What one operation may read and write before its batch is cut into slices,
  ///     or `nil` for no slices; results don't depend on it either.
  public init(
    threadCount: Int = ProcessInfo.processInfo.activeProcessorCount,
    sliceByteCount: Int? = CPUDevice.cachedByteCount
  ) {
    // Our own pool calls OpenBLAS from each of its threads.
    openblas_set_num_threads(1)
    pool = ThreadPool(workerCount: threadCount)
    let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    traits = DeviceTraits(
      kind: .cpu, memoryByteCount: memory, largestAllocationByteCount: memory,
      alignment: Self.alignment,
      slicing: sliceByteCount.map {
        BatchSlicing(byteCount: $0, alignment: MemoryLayout<Float>.alignment)
      })
    name = Self.processorName() ?? "CPU"
  }

  deinit { pool.stop() }

  /// How many threads work.
  public var threadCount: Int { pool.workerCount }

  public var identity: String {
    let core = String(cString: openblas_get_corename())
    return "\(name), \(Self.levelName), \(threadCount) threads, OpenBLAS \(core)"
  }

  public var allocatedByteCount: Int { allocations.byteCount }

  /// Allocates memory whose content is undefined.
  ///
  /// - Throws: `OutOfMemory`, which says how much was asked for and how much there is.
  public func makeBuffer(byteCount: Int) throws -> HostMemory {
    guard byteCount <= traits.memoryByteCount,
      let memory = HostMemory(byteCount: byteCount, countedIn: allocations)
    else {
      throw OutOfMemory(
        deviceName: name, byteCount: byteCount, allocatedByteCount: allocatedByteCount,
        memoryByteCount: traits.memoryByteCount)
    }
    return memory
  }

  /// Copies bytes into a slice, which is at least as large.
  public func write(_ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<HostMemory>) {
    guard let source = bytes.baseAddress else { return }
    precondition(bytes.count <= slice.byteCount)
    (slice.buffer.base + slice.byteOffset).copyMemory(from: source, byteCount: bytes.count)
  }

  /// Copies the first bytes of a slice, as many as `bytes` holds.
  public func read(_ slice: BufferSlice<HostMemory>, into bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count <= slice.byteCount)
    bytes.baseAddress?.copyMemory(
      from: slice.buffer.base + slice.byteOffset, byteCount: bytes.count)
  }

  /// Does nothing: a step is done when it is enqueued.
  public func synchronize() {}

  /// All ways to run `problem`, the best guess first.
  ///
  /// - Throws: `UnsupportedOperation` where there is none.
  public func candidates(for problem: Problem) throws -> [any Lowering<HostMemory>] {
    guard let operation = problem.operation as? any CPUOperation else {
      throw UnsupportedOperation(operation: problem.operation, deviceName: name)
    }
    let candidates = operation.lowerings(of: problem, on: self)
    guard !candidates.isEmpty else {
      throw UnsupportedOperation(operation: problem.operation, deviceName: name)
    }
    return candidates
  }

  /// Half of the last cache: what a slice leaves there is still there when it is read again.
  public static var cachedByteCount: Int { HostCache.slicedByteCount }

  private static var levelName: String {
    switch graft_instruction_level() {
    case GRAFT_LEVEL_V4: "AVX-512"
    case GRAFT_LEVEL_V3: "AVX2"
    default: "128-bit vectors"
    }
  }

  private static func processorName() -> String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
  }
}

/// The CPU can't allocate a buffer.
public struct OutOfMemory: Error, CustomStringConvertible {
  public let deviceName: String
  /// What was asked for.
  public let byteCount: Int
  /// What the device held already.
  public let allocatedByteCount: Int
  /// What the machine has.
  public let memoryByteCount: Int

  public var description: String {
    let mebibyte = 1 << 20
    return """
      \(deviceName) can't allocate \(byteCount / mebibyte) MiB beside \
      \(allocatedByteCount / mebibyte) MiB in use: the machine has \
      \(memoryByteCount / mebibyte) MiB; choose a smaller batch or freeze more layers
      """
  }
}
