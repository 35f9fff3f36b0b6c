import GraftGraph

/// A tensor of a file as the value of a parameter: in Graft's layout, read when asked for.
public struct AssignedTensor: Sendable {
  /// The tensor in the file, already seen in Graft's layout.
  let stored: StoredTensor
  /// Which elements of the last axis are taken; all when nil.
  let columns: [Int]?
  /// The channels of the images that a kernel made for three is adapted to.
  var imageChannels: Int?

  /// The name that the file gives it.
  public var name: String { stored.name }
  /// The extents of the parameter.
  public var shape: Shape {
    var shape = stored.shape
    if let imageChannels { shape.extents[2] = imageChannels }
    if let columns { shape.extents[shape.rank - 1] = columns.count }
    return shape
  }

  /// The elements in Graft's layout; each call reads the file again.
  ///
  /// - Throws: `WeightFileError` when compressed bytes are damaged, or when elements are NaN or
  ///   infinite.
  public func load() throws -> [Float] {
    let elements = try stored.load()
    try elements.withUnsafeBufferPointer(requireNumbers)
    if let imageChannels { return adapted(elements, to: imageChannels) }
    guard let columns, let width = stored.shape.extents.last, width > 0 else { return elements }
    return stride(from: 0, to: elements.count, by: width).flatMap { row in
      columns.map { elements[row + $0] }
    }
  }

  /// Writes the elements in Graft's layout.
  ///
  /// - Parameter output: Memory for exactly `shape.count` elements.
  /// - Throws: `WeightFileError` when compressed bytes are damaged, or when elements are NaN or
  ///   infinite.
  public func load(into output: UnsafeMutableBufferPointer<Float>) throws {
    guard columns != nil || imageChannels != nil else {
      try stored.load(into: output)
      return try requireNumbers(UnsafeBufferPointer(output))
    }
    precondition(output.count == shape.count, "\(name) has \(shape.count) elements")
    _ = output.update(fromContentsOf: try load())
  }

  /// A network with such a weight gives NaN for every image, and would be blamed for it.
  private func requireNumbers(_ elements: UnsafeBufferPointer<Float>) throws {
    // All ones in the exponent mean NaN or infinity; the greatest of all is found without branches.
    let exponent: UInt32 = 0x7F80_0000
    guard elements.reduce(0, { max($0, $1.bitPattern & exponent) }) == exponent else { return }
    let nanCount = elements.count(where: \.isNaN)
    let infinityCount = elements.count(where: \.isInfinite)
    throw WeightFileError(
      file: stored.file, problem: .notFinite(tensor: name),
      explanation:
        "tensor \(name) holds \(nanCount) NaN and \(infinityCount) infinite values among "
        + "\(elements.count); the training that wrote it went wrong, or the file is damaged: take a "
        + "checkpoint from before, or fetch it again")
  }

  /// The sum over the channels for one, else the channels over and over, scaled so that images of
  /// equal channels give what they gave.
  private func adapted(_ elements: [Float], to count: Int) -> [Float] {
    let (channels, filters) = (stored.shape[2], stored.shape[3])
    let area = channels * filters
    return stride(from: 0, to: elements.count, by: area).flatMap { tap -> [Float] in
      if count == 1 {
        return (0..<filters).map { filter in
          (0..<channels).reduce(0) { $0 + elements[tap + $1 * filters + filter] }
        }
      }
      let factor = Float(channels) / Float(count)
      return (0..<count * filters).map { elements[tap + $0 % area] * factor }
    }
  }
}
