import Foundation
import Synchronization

/// The bytes of all buffers of one device that exist now.
final class AllocationCount: Sendable {
  private let bytes = Atomic<Int>(0)

  var byteCount: Int { bytes.load(ordering: .relaxed) }
  func add(_ count: Int) { bytes.add(count, ordering: .relaxed) }
}

/// One allocation of the CPU device.
public final class HostMemory {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let allocations: AllocationCount

  /// Large buffers start on a huge page and ask for such pages: fewer misses in the page tables.
  private static let hugePageByteCount = 2 << 20

  /// Returns `nil` where the system has not as much memory.
  init?(byteCount: Int, countedIn allocations: AllocationCount) {
    let isHuge = byteCount >= 2 * Self.hugePageByteCount
    var base: UnsafeMutableRawPointer?
    let alignment = isHuge ? Self.hugePageByteCount : CPUDevice.alignment
    guard posix_memalign(&base, alignment, max(byteCount, 1)) == 0, let base else { return nil }
    #if os(Linux)
      if isHuge { madvise(base, byteCount, Int32(MADV_HUGEPAGE)) }
    #endif
    self.base = base
    self.byteCount = byteCount
    self.allocations = allocations
    allocations.add(byteCount)
  }

  deinit {
    free(base)
    allocations.add(-byteCount)
  }
}
