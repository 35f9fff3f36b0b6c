import GraftRuntime

/// Regions of one device buffer with a band of known bytes before and after each.
///
/// Every region begins at an odd multiple of the device's alignment, so that nothing is aligned
/// better than promised.
struct GuardedMemory<D: Device> {
  /// What fills the bands, and regions that hold nothing yet.
  enum Pattern: UInt8 {
    /// Every four bytes are a NaN.
    case notANumber = 0xFF
    /// Every four bytes are a number near the largest.
    case huge = 0x7E
  }

  let device: D
  private let buffer: D.Buffer
  private let regions: [Range<Int>]
  private let byteCount: Int

  /// Allocates regions of the given sizes.
  init(on device: D, byteCounts: [Int]) throws {
    let alignment = device.traits.alignment
    let bandByteCount = 256
    var regions: [Range<Int>] = []
    var end = 0
    for count in byteCounts {
      var unit = (end + bandByteCount + alignment - 1) / alignment
      if unit.isMultiple(of: 2) { unit += 1 }
      regions.append(unit * alignment..<unit * alignment + count)
      end = unit * alignment + count
    }
    self.device = device
    self.regions = regions
    byteCount = end + bandByteCount
    buffer = try device.makeBuffer(byteCount: byteCount)
  }

  func slice(_ region: Int) -> BufferSlice<D.Buffer> {
    BufferSlice(buffer, byteOffset: regions[region].lowerBound, byteCount: regions[region].count)
  }

  /// Fills everything with `pattern`, then each region that `contents` names with its bytes.
  func fill(_ pattern: Pattern, contents: [Int: [UInt8]]) throws {
    var image = Array(repeating: pattern.rawValue, count: byteCount)
    for (region, bytes) in contents { image.replaceSubrange(regions[region], with: bytes) }
    try image.withUnsafeBytes {
      try device.write($0, to: BufferSlice(buffer, byteOffset: 0, byteCount: byteCount))
    }
  }

  func write(_ bytes: [UInt8], to region: Int) throws {
    try bytes.withUnsafeBytes { try device.write($0, to: slice(region)) }
  }

  /// What lies in the memory now.
  func snapshot() throws -> Snapshot {
    var image = Array(repeating: UInt8(0), count: byteCount)
    try image.withUnsafeMutableBytes {
      try device.read(BufferSlice(buffer, byteOffset: 0, byteCount: byteCount), into: $0)
    }
    return Snapshot(image: image, regions: regions)
  }

  /// The bytes of a guarded memory at one moment.
  struct Snapshot {
    let image: [UInt8]
    let regions: [Range<Int>]

    func bytes(_ region: Int) -> [UInt8] { Array(image[regions[region]]) }

    /// The distance in bytes from the nearest region of the first byte outside of all regions that
    /// is not the pattern's, with that region, or `nil` if the bands are whole.
    func firstBreach(_ pattern: Pattern) -> (region: Int, byteDistance: Int)? {
      var start = 0
      for index in 0...regions.count {
        let end = index < regions.count ? regions[index].lowerBound : image.count
        if let breach = image[start..<end].firstIndex(where: { $0 != pattern.rawValue }) {
          let before = index == 0 ? Int.max : breach - start
          let after = index == regions.count ? Int.max : end - breach
          return before < after ? (index - 1, before) : (index, -after)
        }
        if index < regions.count { start = regions[index].upperBound }
      }
      return nil
    }
  }
}
