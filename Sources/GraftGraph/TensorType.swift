/// The description of a tensor: its shape and what its elements are.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  public var shape: Shape
  public var elementType: ElementType

  /// A tensor of this shape, of Float32 if nothing else is said.
  public init(_ shape: Shape, _ elementType: ElementType = .float32) {
    self.shape = shape
    self.elementType = elementType
  }

  /// The size of all elements in bytes, without padding.
  public var byteCount: Int { shape.count * elementType.byteCount }

  public var description: String { "\(elementType) \(shape)" }
}
