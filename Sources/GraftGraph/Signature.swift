/// One tensor of a sample: its name and its type without the batch.
public struct TensorSpec: Hashable, Sendable {
  public var name: String
  public var type: TensorType
  public var kind: InputKind

  /// A tensor of `shape`, the batch not counted.
  public init(
    _ name: String, _ shape: Shape, _ elementType: ElementType = .float32,
    kind: InputKind = .sample
  ) {
    (self.name, type, self.kind) = (name, TensorType(shape, elementType), kind)
  }
}

/// All tensors of a sample, in order.
public struct Signature: Hashable, Sendable, ExpressibleByArrayLiteral {
  public var tensors: [TensorSpec]

  /// A sample of these tensors.
  public init(_ tensors: [TensorSpec]) { self.tensors = tensors }
  /// A sample of these tensors.
  public init(arrayLiteral elements: TensorSpec...) { tensors = elements }

  /// The tensor of a name, or `nil` if there is none.
  public subscript(name: String) -> TensorSpec? { tensors.first { $0.name == name } }
}
