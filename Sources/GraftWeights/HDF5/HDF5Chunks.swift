/// The chunks of one dataset: where they lie, how they are packed, and how they fit together.
struct HDF5Chunks: Sendable {
  private struct Chunk: Sendable {
    var packed: ByteView
    /// Which filters were left out, one bit each.
    var skippedFilters: UInt32
    /// The place of the chunk's first element.
    var origin: [Int]
  }

  private let bytes: ByteView
  private let name: String
  private let extents: [Int]
  private let chunkExtents: [Int]
  private let elementByteCount: Int
  private let filters: [HDF5Filter]
  private let chunkByteCount: Int
  private var chunks: [Chunk] = []

  /// - Parameter layout: Behind the version and the class of the layout message.
  init(
    layout: ByteCursor, filters: ByteView?, extents: [Int], elementByteCount: Int,
    _ file: HDF5File, _ name: String
  ) throws {
    let bytes = file.bytes
    (self.bytes, self.name, self.extents) = (bytes, name, extents)
    self.elementByteCount = elementByteCount
    self.filters = try filters.map { try HDF5Filter.pipeline($0) } ?? []
    let what = "the layout of dataset \(name)"
    var cursor = layout
    let rank = Int(try cursor.read(UInt8.self, what)) - 1
    let tree = try cursor.readAddress(what)
    guard rank == extents.count else { throw bytes.malformed("\(what) has another rank") }
    chunkExtents = try (0..<rank).map { _ in try cursor.readSize(UInt32.self, what) }
    let size = try cursor.readSize(UInt32.self, what)
    guard let count = StridedView.count(of: chunkExtents), count > 0, count <= 1 << 32,
      size == elementByteCount
    else { throw bytes.malformed("\(what) has chunks of an impossible size") }
    chunkByteCount = count * size
    let expected = zip(extents, chunkExtents).reduce(1) { product, sizes in
      let (next, overflowed) = product.multipliedReportingOverflow(
        by: sizes.0 / sizes.1 + (sizes.0.isMultiple(of: sizes.1) ? 0 : 1))
      return overflowed ? .max : next
    }
    // Each chunk has a key and bytes of its own in the file, which bounds the size of the dataset.
    if let tree { try readIndex(tree, rank, atMost: min(expected, file.bytes.count / 8), file) }
    guard chunks.count == expected, Set(chunks.map(\.origin)).count == expected else {
      throw bytes.unsupported(
        "dataset \(name) has \(chunks.count) of \(expected) chunks; write all of it")
    }
  }

  private mutating func readIndex(
    _ tree: Int, _ rank: Int, atMost greatestCount: Int, _ file: HDF5File
  ) throws {
    var pending: [(address: Int, level: UInt8?)] = [(tree, nil)]
    var packedByteCount = 0
    while let (address, level) = pending.popLast() {
      let node = try HDF5TreeNode(
        at: address, kind: .chunks, keyByteCount: 8 + 8 * (rank + 1), below: level, in: file)
      for child in node.children where node.level == 0 {
        chunks.append(try chunk(child.key, child.address, rank))
        packedByteCount += chunks.last?.packed.count ?? 0
      }
      if node.level > 0 { pending += node.children.map { ($0.address, node.level) } }
      guard packedByteCount <= bytes.count, chunks.count <= greatestCount,
        pending.count <= greatestCount
      else {
        throw bytes.malformed("the chunks of dataset \(name) overlap; fetch the file again")
      }
    }
  }

  private func chunk(_ key: ByteView, _ address: Int, _ rank: Int) throws -> Chunk {
    let what = "a chunk of dataset \(name)"
    var cursor = ByteCursor(key)
    let byteCount = try cursor.readSize(UInt32.self, what)
    let skipped = try cursor.read(UInt32.self, what)
    let origin = try (0..<rank).map { _ in try cursor.readSize(UInt64.self, what) }
    for axis in 0..<rank
    where origin[axis] >= extents[axis] || !origin[axis].isMultiple(of: chunkExtents[axis]) {
      throw bytes.malformed("\(what) lies outside of it")
    }
    guard chunkByteCount / 1032 <= byteCount else {
      throw bytes.malformed("\(what) claims an impossible unpacked size")
    }
    let packed = try bytes.slice(at: address, count: byteCount, what)
    return Chunk(packed: packed, skippedFilters: skipped, origin: origin)
  }

  /// All elements in row-major order.
  func assembled() throws -> ByteView {
    let byteCount = extents.reduce(elementByteCount, *)
    let storage = try ByteStorage(file: bytes.storage.file, byteCount: byteCount) { output in
      for chunk in chunks {
        let unpacked = try unpack(chunk)
        unpacked.withUnsafeBytes { copy($0, from: chunk.origin, into: output) }
      }
    }
    return ByteView(storage)
  }

  private func unpack(_ chunk: Chunk) throws -> ByteView {
    let what = "a chunk of dataset \(name)"
    var data = chunk.packed
    for (index, filter) in filters.enumerated().reversed()
    where index >= 32 || chunk.skippedFilters & (1 << UInt32(index)) == 0 {
      data = try filter.undo(data, chunkByteCount: chunkByteCount, elementByteCount, what)
    }
    guard data.count == chunkByteCount else {
      throw bytes.malformed("\(what) unpacks to another size than it should; fetch the file again")
    }
    return data
  }

  /// Copies the rows of a chunk that lie inside of the dataset.
  private func copy(
    _ chunk: UnsafeRawBufferPointer, from origin: [Int], into output: UnsafeMutableRawBufferPointer
  ) {
    guard let last = extents.indices.last else {
      output.copyMemory(from: chunk)
      return
    }
    let inside = extents.indices.map { min(chunkExtents[$0], extents[$0] - origin[$0]) }
    let rowByteCount = inside[last] * elementByteCount
    var index = [Int](repeating: 0, count: last)
    for _ in 0..<inside.dropLast().reduce(1, *) {
      var (from, to) = (0, 0)
      for axis in extents.indices {
        let position = axis == last ? 0 : index[axis]
        from = from * chunkExtents[axis] + position
        to = to * extents[axis] + origin[axis] + position
      }
      let row = chunk[from * elementByteCount..<from * elementByteCount + rowByteCount]
      let target = output[to * elementByteCount..<to * elementByteCount + rowByteCount]
      UnsafeMutableRawBufferPointer(rebasing: target)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: row))
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < inside[axis] { break }
        index[axis] = 0
      }
    }
  }
}
