import GraftGraph

/// One tensor of a weight file: described at once, read when asked for.
public struct StoredTensor: Sendable {
  /// The name that the file gives it.
  public private(set) var name: String
  /// What its elements are stored as.
  public let elementType: StoredElementType
  /// The extents, in the order of the file or, after an arrangement, of Graft.
  public private(set) var shape: Shape
  private var view: StridedView
  private let byteOrder: ByteOrder
  /// The path of its file, for errors.
  let file: String
  private let bytes: @Sendable () throws -> ByteView

  /// The number of elements.
  public var count: Int { view.count }

  /// A tensor over bytes that may still have to be made, for instance decompressed.
  ///
  /// - Parameters:
  ///   - storageByteCount: How many bytes the file proves to hold, or to unpack to, for it.
  ///   - bytes: Gives those bytes.
  /// - Throws: `WeightFileError` with `.malformed` when the view reaches outside of the bytes.
  init(
    name: String, elementType: StoredElementType, view: StridedView?, byteOrder: ByteOrder,
    storageByteCount: Int, file: ByteView, bytes: @escaping @Sendable () throws -> ByteView
  ) throws {
    let available = storageByteCount / elementType.byteCount
    guard let view, view.requiredCount <= available else {
      throw file.malformed(
        "tensor \(name) does not fit its \(storageByteCount) bytes; "
          + "the file is truncated or damaged, so fetch it again")
    }
    // A stride of zero repeats elements: without a bound, one byte could ask for all memory.
    guard view.count <= max(available, file.count) else {
      throw file.malformed("tensor \(name) claims \(view.count) elements, more than the file has")
    }
    self.name = name
    self.elementType = elementType
    self.view = view
    shape = Shape(view.extents)
    self.byteOrder = byteOrder
    self.file = file.storage.file
    self.bytes = bytes
  }

  /// A dense little-endian tensor over bytes of the file.
  init(name: String, elementType: StoredElementType, extents: [Int], bytes: ByteView) throws {
    try self.init(
      name: name, elementType: elementType, view: StridedView(extents), byteOrder: .littleEndian,
      storageByteCount: bytes.count, file: bytes, bytes: { bytes })
  }

  /// A vector of one value over and over, which the file leaves out.
  init(name: String, repeating value: Float, count: Int, file: ByteView) throws {
    let storage = try ByteStorage(
      file: file.storage.file, byteCount: count * MemoryLayout<Float>.size
    ) { output in
      output.bindMemory(to: Float.self).update(repeating: value)
    }
    try self.init(
      name: name, elementType: .float32, extents: [count], bytes: ByteView(storage))
  }

  /// The elements in row-major order, converted to `Float`.
  ///
  /// Nothing is kept: each call reads the file again.
  ///
  /// - Throws: `WeightFileError` when compressed bytes are damaged or memory is lacking.
  public func load() throws -> [Float] {
    try ByteStorage.requireMemory(count * MemoryLayout<Float>.stride, for: file)
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      try load(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initializedCount = count
    }
  }

  /// Writes the elements in row-major order, converted to `Float`.
  ///
  /// - Parameter output: Memory for exactly `count` elements.
  /// - Throws: `WeightFileError` when compressed bytes are damaged.
  public func load(into output: UnsafeMutableBufferPointer<Float>) throws {
    precondition(output.count == count, "\(name) has \(count) elements, not \(output.count)")
    let bytes = try bytes()
    guard bytes.count / elementType.byteCount >= view.requiredCount else {
      throw bytes.malformed("tensor \(name) unpacks to fewer bytes than the file says")
    }
    bytes.withUnsafeBytes { view.gather(from: $0, elementType, byteOrder, into: output) }
    bytes.release()
  }

  /// The same tensor under another name.
  func renamed(_ name: String) -> StoredTensor {
    var result = self
    result.name = name
    return result
  }

  /// The same matrix with rows for columns.
  func transposed() -> StoredTensor {
    var result = self
    result.view = view.permuted([1, 0])
    result.shape = Shape(result.view.extents)
    return result
  }

  /// The same elements in the order of `arrangement`, as a parameter of this shape.
  func arranged(by arrangement: AxisArrangement, as shape: Shape) -> StoredTensor {
    var result = self
    result.view = arrangement.arrange(view)
    result.shape = shape
    return result
  }
}
