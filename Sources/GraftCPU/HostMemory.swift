import GraftRuntime
import Synchronization

/// The bytes of all buffers of one device that exist now.
final class AllocationCount: Sendable {
  private let bytes = Atomic<Int>(0)

  var byteCount: Int { bytes.load(ordering: .relaxed) }
  func add(_ count: Int) { bytes.add(count, ordering: .relaxed) }
}

/// One allocation of the CPU device.
public final class HostMemory {
  private let allocation: HostAllocation
  private let allocations: AllocationCount

  var base: UnsafeMutableRawPointer { allocation.base }
  var byteCount: Int { allocation.byteCount }

  /// Returns `nil` where the system has not as much memory.
  init?(byteCount: Int, countedIn allocations: AllocationCount) {
    guard let allocation = HostAllocation(byteCount: byteCount, alignment: CPUDevice.alignment)
    else { return nil }
    self.allocation = allocation
    self.allocations = allocations
    allocations.add(byteCount)
  }

  deinit { allocations.add(-byteCount) }
}
