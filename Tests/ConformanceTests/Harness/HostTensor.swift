import GraftGraph

/// A tensor in the memory of the test: its type and its bytes.
struct HostTensor: Sendable {
  let type: TensorType
  let bytes: [UInt8]

  init(_ type: TensorType, bytes: [UInt8]) {
    precondition(bytes.count == type.byteCount)
    (self.type, self.bytes) = (type, bytes)
  }

  init(_ shape: Shape, _ values: [Float]) {
    self.init(TensorType(shape), bytes: values.withUnsafeBytes(Array.init))
  }

  init(_ shape: Shape, _ values: [Int32]) {
    self.init(TensorType(shape, .int32), bytes: values.withUnsafeBytes(Array.init))
  }

  var floats: [Float] { elements(of: Float.self) }
  var integers: [Int32] { elements(of: Int32.self) }

  /// The elements in double precision, whatever they are stored as.
  var doubles: [Double] {
    type.elementType == .int32 ? integers.map(Double.init) : floats.map(Double.init)
  }

  private func elements<Element>(of _: Element.Type) -> [Element] {
    bytes.withUnsafeBytes { raw in
      (0..<type.shape.count).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: Element.self)
      }
    }
  }
}
