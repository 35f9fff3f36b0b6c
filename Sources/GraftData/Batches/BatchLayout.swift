import GraftGraph

/// Where each tensor of a batch lies in its memory: one after the other, with room for all samples.
struct BatchLayout: Sendable {
  let signature: Signature
  /// Samples that there is room for.
  let capacity: Int
  /// Where each tensor begins.
  let offsets: [Int]
  /// The memory of all tensors, or all that can be counted.
  let byteCount: Int

  /// Vector loads of any width like tensors that start a line of the cache.
  private static let alignment = 64

  init(_ signature: Signature, capacity: Int) {
    (self.signature, self.capacity) = (signature, capacity)
    var offsets: [Int] = []
    var end = 0
    for tensor in signature.tensors {
      offsets.append(end)
      let (bytes, isTooLarge) = tensor.type.byteCount.multipliedReportingOverflow(by: capacity)
      let (next, isBeyond) = end.addingReportingOverflow(bytes)
      guard !isTooLarge, !isBeyond, next < Int.max - Self.alignment else {
        end = .max - Self.alignment
        continue
      }
      end = (next + Self.alignment - 1) / Self.alignment * Self.alignment
    }
    self.offsets = offsets
    byteCount = end
  }

  func position(of name: String) -> Int? {
    signature.tensors.firstIndex { $0.name == name }
  }

  /// The bytes of `count` samples of a tensor, from the first on.
  func range(of position: Int, count: Int) -> Range<Int> {
    let start = offsets[position]
    return start..<start + signature.tensors[position].type.byteCount * count
  }

  /// The bytes of one sample of a tensor.
  func range(of position: Int, place: Int) -> Range<Int> {
    let size = signature.tensors[position].type.byteCount
    let start = offsets[position] + place * size
    return start..<start + size
  }
}
