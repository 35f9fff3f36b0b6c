import Foundation
import GraftGraph

/// Writes HDF5 in its plainest form: groups of compact links and contiguous Float32 datasets.
///
/// Everything is described before the first byte is written, so tensors are in memory one at a
/// time.
struct HDF5Writer {
  private struct Entry {
    var header: HDF5HeaderEncoder
    var address = 0
    /// Only for datasets.
    var tensor: WritableTensor?
    var children: [(name: String, index: Int)] = []
  }

  private var entries: [Entry] = [Entry(header: HDF5HeaderEncoder())]
  private var groups: [String: Int] = ["": 0]

  /// Labels a group, which is made with all that contain it.
  mutating func label(_ path: String, _ attribute: String, _ text: String) {
    let index = group(path)
    entries[index].header.attribute(attribute, text)
  }

  /// Adds a dataset to a group.
  mutating func add(_ tensor: WritableTensor, named name: String, to path: String) {
    let parent = group(path)
    entries[parent].children.append((name, entries.count))
    entries.append(Entry(header: HDF5HeaderEncoder(), tensor: tensor))
  }

  /// Writes the file so that it appears complete or not at all.
  func write(to url: URL) throws {
    let (entries, end) = layout()
    let file = try AtomicFile(replacing: url)
    try file.write(HDF5HeaderEncoder.superblock(root: entries[0].address, end: end))
    for entry in entries { try file.write(entry.header.encoded()) }
    for entry in entries {
      guard let tensor = entry.tensor else { continue }
      let elements = try tensor.load()
      precondition(elements.count == tensor.shape.count, "\(tensor.name): wrong element count")
      try elements.withUnsafeBytes { try file.write($0) }
      try file.write([UInt8](repeating: 0, count: Self.padding(elements.count)))
    }
    try file.finish()
  }

  private mutating func group(_ path: String) -> Int {
    if let index = groups[path] { return index }
    let parts = path.split(separator: "/")
    let parent = group(parts.dropLast().joined(separator: "/"))
    let index = entries.count
    entries[parent].children.append((parts.last.map(String.init) ?? "", index))
    entries.append(Entry(header: HDF5HeaderEncoder()))
    groups[path] = index
    return index
  }

  /// Headers follow the superblock, and elements follow the headers, each at a multiple of 8.
  private func layout() -> (entries: [Entry], end: Int) {
    var result = entries
    var position = HDF5HeaderEncoder.superblockByteCount
    for index in result.indices {
      result[index].address = position
      var header = entries[index].header
      Self.describe(entries[index], in: &header, addresses: nil, data: 0)
      position += header.encoded().count
    }
    let addresses = result.map(\.address)
    for index in result.indices {
      Self.describe(
        entries[index], in: &result[index].header, addresses: addresses, data: position)
      guard let count = entries[index].tensor?.shape.count else { continue }
      position += count * MemoryLayout<Float>.size + Self.padding(count)
    }
    return (result, position)
  }

  private static func describe(
    _ entry: Entry, in header: inout HDF5HeaderEncoder, addresses: [Int]?, data: Int
  ) {
    if let tensor = entry.tensor {
      header.dataset(tensor.shape.extents, data: data)
    } else {
      header.group(entry.children.map { ($0.name, addresses?[$0.index] ?? 0) })
    }
  }

  /// The bytes missing from this many floats to a multiple of 8.
  private static func padding(_ count: Int) -> Int { count % 2 * MemoryLayout<Float>.size }
}
