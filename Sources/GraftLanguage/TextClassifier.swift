public import GraftLayers
public import GraftModels

/// A text encoder with a new head: pooling, dropout and a dense layer, `head.dense`, with a score for each
/// class.
public struct TextClassifier: Network, Codable {
  /// What of an encoder's states stands for the whole text.
  public enum Pooling: String, Hashable, Codable, Sendable, CaseIterable {
    /// The mean over all tokens but those that fill up.
    case mean
    /// The state of the first token, `[CLS]`.
    case first
    /// The first token's state through the encoder's own dense layer and tanh.
    case pooler
  }

  public var encoder: TextEncoder
  /// How many scores there are: one for each class, or one for the second of two.
  public var outputCount: Int
  public var pooling: Pooling
  /// The share of the pooled features that training drops.
  public var dropout: Float

  /// - Parameters:
  ///   - outputCount: A score for each class, or one for the second of two.
  ///   - dropout: The share of the pooled features that training drops.
  public init(
    _ encoder: TextEncoder, outputCount: Int, pooling: Pooling = .mean, dropout: Float = 0.1
  ) {
    (self.encoder, self.outputCount) = (encoder, outputCount)
    (self.pooling, self.dropout) = (pooling, dropout)
  }

  public var inputs: Signature { encoder.inputs }

  public func trace(_ inputs: Tensors, in scope: Scope) -> Tensors {
    let encoded = encoder.trace(inputs, in: scope.transparent(encoder.name))
    let pooled = encoded[pooling.rawValue, scope]
    scope.offer(pooled, as: "pooled")
    let dropped = dropout > 0 ? Dropout(dropout)(pooled, in: scope / "head.dropout") : pooled
    return [TensorName.output: Dense(outputCount)(dropped, in: scope / "head.dense")]
  }
}

extension TextClassifier: ProjectNaming {
  /// Those of `BertForSequenceClassification` where the head is what that network has, a dense layer on the
  /// pooler; else those of the encoder alone, beside `head.dense`.
  public func projectName(of path: ParameterPath) -> String {
    let name = path.description
    guard encoder.configuration.family == .bert, pooling == .pooler else { return name }
    let head = "head.dense."
    return name.hasPrefix(head) ? "classifier.\(name.dropFirst(head.count))" : "bert.\(name)"
  }
}
