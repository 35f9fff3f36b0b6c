/// One tensor of a sample: its name and its type without the batch.
public struct TensorSpec: Hashable, Sendable {
  public var name: String
  /// Shape and element type for one sample.
  public var type: TensorType
  /// Whether the network reads it or the loss does.
  public var kind: InputKind

  /// A tensor of `shape`, the batch not counted.
  public init(
    _ name: String, _ shape: Shape, _ elementType: ElementType = .float32,
    kind: InputKind = .sample
  ) {
    (self.name, type, self.kind) = (name, TensorType(shape, elementType), kind)
  }

  /// The type of a batch of so many samples.
  public func type(batchSize: Int) -> TensorType {
    TensorType(Shape([batchSize] + type.shape.extents), type.elementType)
  }
}

/// All tensors of a sample, in order. Each of several lengths, say, is a signature of its own, and so a
/// graph of its own.
public struct Signature: Hashable, Sendable, ExpressibleByArrayLiteral {
  public var tensors: [TensorSpec]

  /// A sample of these tensors.
  public init(_ tensors: [TensorSpec]) { self.tensors = tensors }
  /// A sample of these tensors.
  public init(arrayLiteral elements: TensorSpec...) { tensors = elements }

  /// The tensor of a name, or `nil` if there is none.
  public subscript(name: String) -> TensorSpec? { tensors.first { $0.name == name } }

  /// The tensors of one kind: what a network reads, or what a loss compares its outputs with.
  public func only(_ kind: InputKind) -> Signature { Signature(tensors.filter { $0.kind == kind }) }

  /// The tensors of both, in order.
  public static func + (first: Signature, second: Signature) -> Signature {
    Signature(first.tensors + second.tensors)
  }
}

extension Signature: CustomStringConvertible {
  /// Each name with its shape, as an error shows it.
  public var description: String {
    tensors.map { "'\($0.name)' \($0.type)" }.joined(separator: ", ")
  }
}

/// The names by which networks, training code and graphs know their tensors.
public enum TensorName {
  /// A network's only input: of pictures (N, height, width, channels).
  public static let input = "input"
  /// What a network gives where it gives one tensor.
  public static let output = "output"
  /// What it should give.
  public static let targets = "targets"
  /// How much each sample counts: (N).
  public static let weights = "weights"
  /// The mean of the samples' weights, of those that are not 0: (1). Gradients are those of the loss times
  /// it, so that a heavy sample moves parameters as much in a batch of heavy samples as in one of light
  /// ones.
  public static let meanWeight = "weights.mean"
  /// What the dropouts of each sample follow from: (N, 2), Int32.
  public static let seeds = "seeds"
  /// The weighted mean loss of the batch, without penalties: (1).
  public static let loss = "loss"
  /// What the mean of a loss is over, where it isn't the samples' weights: (1).
  public static let lossWeight = "loss.weight"
  /// Probabilities, or predictions for squared errors.
  public static let predictions = "predictions"
}
