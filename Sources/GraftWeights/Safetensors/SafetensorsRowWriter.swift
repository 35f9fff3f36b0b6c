import Foundation
import GraftGraph

/// Writes tensors of many rows as rows come, a few of each tensor at a time, so that no more of them
/// need be in memory.
///
/// Rows go at once to their places in a temporary file beside the destination; `finish` gives it the
/// destination's name.
public struct SafetensorsRowWriter: ~Copyable {
  private let file: AtomicFile
  private let tensors: [(name: String, rowShape: Shape)]
  private let metadata: [String: String]
  /// How many rows there is room for.
  private let rowLimit: Int
  private let headerByteCount: Int
  /// How many rows were written.
  public private(set) var rowCount = 0

  /// Starts a file of Float32 tensors.
  ///
  /// - Parameters:
  ///   - tensors: Names, unique and not `__metadata__`, and the shape of one row.
  ///   - rowLimit: The most rows that will come.
  ///   - metadata: Free text about the file.
  ///   - url: Where to write; an existing file is replaced.
  /// - Throws: `WeightFileError`.
  public init(
    _ tensors: [(name: String, rowShape: Shape)], rowLimit: Int, metadata: [String: String] = [:],
    to url: URL
  ) throws {
    let sorted = tensors.sorted { $0.name < $1.name }
    try SafetensorsHeader.checkNames(sorted.map(\.name), url)
    let header = try SafetensorsHeader.bytes(
      of: Self.shapes(sorted, rowCount: rowLimit), metadata: metadata)
    let file = try AtomicFile(replacing: url)
    try file.write(header)
    self.init(
      file: file, tensors: sorted, metadata: metadata, rowLimit: rowLimit,
      headerByteCount: header.count)
  }

  private init(
    file: consuming AtomicFile, tensors: [(name: String, rowShape: Shape)],
    metadata: [String: String], rowLimit: Int, headerByteCount: Int
  ) {
    self.file = file
    self.tensors = tensors
    self.metadata = metadata
    self.rowLimit = rowLimit
    self.headerByteCount = headerByteCount
  }

  /// Adds rows to all tensors.
  ///
  /// - Parameter rows: By name, `count` rows of each tensor, one after the other.
  /// - Throws: `WeightFileError`.
  public mutating func append(_ rows: [String: [Float]], count: Int) throws {
    precondition(rowCount + count <= rowLimit, "there is room for \(rowLimit) rows")
    for (index, tensor) in tensors.enumerated() {
      let values = rows[tensor.name] ?? []
      precondition(values.count == count * tensor.rowShape.count, "\(count) rows of each tensor")
      let offset = start(of: index, rowLimit: rowLimit) + rowCount * Self.byteCount(tensor.rowShape)
      try values.withUnsafeBytes { try file.write($0, at: offset) }
    }
    rowCount += count
  }

  /// Makes the file complete; where fewer rows came than there is room for, it closes the gaps.
  ///
  /// - Throws: `WeightFileError`.
  public consuming func finish() throws {
    if rowCount < rowLimit { try closeGaps() }
    try file.truncate(to: start(of: tensors.count, rowLimit: rowCount))
    try file.finish()
  }

  /// Moves tensors to where they belong in a file of as many rows as came, and says so at its start.
  private func closeGaps() throws {
    for (index, tensor) in tensors.enumerated() {
      try file.move(
        from: start(of: index, rowLimit: rowLimit), to: start(of: index, rowLimit: rowCount),
        byteCount: rowCount * Self.byteCount(tensor.rowShape))
    }
    let header = try SafetensorsHeader.bytes(
      of: Self.shapes(tensors, rowCount: rowCount), metadata: metadata, byteCount: headerByteCount)
    try header.withUnsafeBytes { try file.write($0, at: 0) }
  }

  private static func shapes(
    _ tensors: [(name: String, rowShape: Shape)], rowCount: Int
  ) -> [(name: String, shape: Shape)] {
    tensors.map { ($0.name, Shape([rowCount] + $0.rowShape.extents)) }
  }

  /// Where the tensor at a position begins in a file of so many rows.
  private func start(of index: Int, rowLimit: Int) -> Int {
    tensors[..<index].reduce(headerByteCount) { $0 + rowLimit * Self.byteCount($1.rowShape) }
  }

  private static func byteCount(_ rowShape: Shape) -> Int {
    rowShape.count * MemoryLayout<Float>.size
  }
}
