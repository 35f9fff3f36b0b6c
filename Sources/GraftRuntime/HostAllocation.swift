import Foundation

/// Memory of the host for a device that computes in it; its contents are undefined.
///
/// All but small ones are mappings of their own: freed, they go back to the system at once, while a
/// heap would keep them wherever something small lies behind them.
///
/// Unchecked: the addresses never change; who reads and writes what lies there takes turns.
package final class HostAllocation: @unchecked Sendable {
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Large allocations start on a huge page and ask for such pages: fewer misses in the page tables.
  private static let hugePageByteCount = 2 << 20
  private static let leastMappedByteCount = 128 << 10

  /// Returns `nil` where the system has not as much memory.
  ///
  /// - Parameter alignment: A power of two up to the size of a page.
  package init?(byteCount: Int, alignment: Int) {
    if byteCount >= Self.leastMappedByteCount {
      let isHuge = byteCount >= Self.hugePageByteCount
      let alignment = isHuge ? Self.hugePageByteCount : alignment
      guard let mapping = Self.map(byteCount: byteCount, alignment: alignment),
        let start = mapping.baseAddress
      else { return nil }
      base = start.alignedUp(toMultipleOf: alignment)
      #if os(Linux)
        if isHuge { madvise(base, byteCount, Int32(MADV_HUGEPAGE)) }
      #endif
      self.mapping = mapping
    } else {
      var memory: UnsafeMutableRawPointer?
      guard posix_memalign(&memory, alignment, max(byteCount, 1)) == 0, let memory else {
        return nil
      }
      (base, mapping) = (memory, nil)
    }
    self.byteCount = byteCount
  }

  /// Zeroed pages; what alignment leaves over at the ends is never touched and takes no memory.
  private static func map(byteCount: Int, alignment: Int) -> UnsafeMutableRawBufferPointer? {
    let (whole, overflow) = byteCount.addingReportingOverflow(alignment)
    guard !overflow else { return nil }
    let flags = MAP_PRIVATE | MAP_ANON
    guard let start = mmap(nil, whole, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: whole)
  }

  deinit {
    if let mapping {
      munmap(mapping.baseAddress, mapping.count)
    } else {
      free(base)
    }
  }
}
