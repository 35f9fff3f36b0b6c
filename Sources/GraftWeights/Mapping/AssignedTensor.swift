import GraftGraph

/// A tensor of a file as the value of a parameter: in Graft's layout, read when asked for.
public struct AssignedTensor: Sendable {
  /// The tensor in the file, already seen in Graft's layout.
  let stored: StoredTensor
  /// Which elements of the last axis are taken; all when nil.
  let columns: [Int]?

  /// The name that the file gives it.
  public var name: String { stored.name }
  /// The extents of the parameter.
  public var shape: Shape {
    guard let columns else { return stored.shape }
    return Shape(stored.shape.extents.dropLast() + [columns.count])
  }

  /// The elements in Graft's layout; each call reads the file again.
  ///
  /// - Throws: `WeightFileError` when compressed bytes are damaged.
  public func load() throws -> [Float] {
    let elements = try stored.load()
    guard let columns, let width = stored.shape.extents.last, width > 0 else { return elements }
    return stride(from: 0, to: elements.count, by: width).flatMap { row in
      columns.map { elements[row + $0] }
    }
  }

  /// Writes the elements in Graft's layout.
  ///
  /// - Parameter output: Memory for exactly `shape.count` elements.
  /// - Throws: `WeightFileError` when compressed bytes are damaged.
  public func load(into output: UnsafeMutableBufferPointer<Float>) throws {
    guard columns != nil else { return try stored.load(into: output) }
    precondition(output.count == shape.count, "\(name) has \(shape.count) elements")
    _ = output.update(fromContentsOf: try load())
  }
}
