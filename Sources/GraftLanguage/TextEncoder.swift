public import GraftLayers
public import GraftModels
public import GraftWeights

/// A bidirectional transformer that reads tokens: BERT (Devlin et al. 2019), RoBERTa (Liu et al. 2019)
/// or DistilBERT (Sanh et al. 2019), by Hugging Face's names.
///
/// Inputs: ``inputs``, for any length up to ``longestText``. Outputs of ``trace(_:in:)``: `embeddings`,
/// `layer.0` and so on (what each layer gives), `states` (what the last one gives), all
/// (N, length, channels); `mean` and `first` of the states, and `pooler` where there is one, all
/// (N, channels). No dropout is applied inside.
public struct TextEncoder: Network, Pretrained {
  /// By what it is known in a freeze plan.
  public var name = "encoder"
  public var configuration: Configuration
  /// The sequence length of ``inputs``, no more than ``longestText``.
  public var length: Int
  /// Where the values of the parameters come from; initial values if `nil`.
  public var weights: WeightAssignment?

  /// A network whose parameters have initial values.
  ///
  /// - Parameter length: The tokens of one sample; as many as the network can take if `nil`.
  public init(_ configuration: Configuration, length: Int? = nil) {
    self.configuration = configuration
    self.length = length ?? configuration.longestText
  }

  /// The most tokens of one sample.
  public var longestText: Int { configuration.longestText }

  /// What one sample consists of: `input_ids` and, where the network tells two texts apart,
  /// `token_type_ids`, both Int32; `attention_mask`, 1 for each token and 0 for what fills up.
  public var inputs: Signature {
    var tensors = [
      TensorSpec("input_ids", [length], .int32), TensorSpec("attention_mask", [length]),
    ]
    if configuration.readsTypes { tensors.append(TensorSpec("token_type_ids", [length], .int32)) }
    return Signature(tensors)
  }

  /// Adds the network to the graph, its parameters at Hugging Face's names below the scope's path.
  public func trace(_ inputs: Tensors, in scope: Scope) -> Tensors {
    scope.noting(self) { traceLayers(inputs, in: scope) }
  }

  private func traceLayers(_ inputs: Tensors, in scope: Scope) -> Tensors {
    let mask = inputs["attention_mask", scope]
    guard scope.require(mask.shape.rank == 2, "a mask is N×length, not \(mask.shape)") else {
      return ["states": mask]
    }
    var state = embeddings(inputs, in: scope / "embeddings")
    var outputs: Tensors = ["embeddings": state]
    let stack = scope / configuration.names.stack / "layer"
    for index in 0..<configuration.layerCount {
      state = layer(state, mask, in: stack / index)
      outputs.append(state, as: "layer.\(index)")
    }
    outputs.append(state, as: "states")
    guard state.shape.rank == 3 else { return outputs }
    outputs.append(state.mean(overPlacesOf: mask), as: "mean")
    outputs.append(state.firstPlace, as: "first")
    if configuration.hasPooler {
      let dense = Dense(configuration.channels, activation: .tanh)
      outputs.append(dense(state.firstPlace, in: scope / "pooler" / "dense"), as: "pooler")
    }
    return outputs
  }

  private func embeddings(_ inputs: Tensors, in scope: Scope) -> Symbol {
    scope.layer("embeddings") {
      let channels = configuration.channels
      var sum = Embedding(configuration.vocabularyCount, channels: channels)(
        inputs["input_ids", scope], in: scope / "word_embeddings")
      let types = configuration.typeCount
      if configuration.readsTypes {
        sum =
          sum
          + Embedding(types, channels: channels)(
            inputs["token_type_ids", scope], in: scope / "token_type_embeddings")
      } else if types == 1 {
        let type = (scope / "token_type_embeddings").parameter(
          "weight", [1, channels], role: .embedding, initializer: .normal(deviation: 0.02))
        sum = sum + type.reshaped(to: [channels])
      }
      let positions = LearnedPositions(
        configuration.positionCount, first: configuration.firstPosition)
      sum = positions(sum, in: scope / "position_embeddings")
      return normalization(sum, in: scope / "LayerNorm")
    }
  }

  private var normalization: LayerNormalization {
    LayerNormalization(epsilon: configuration.epsilon)
  }

  /// Attention, then two dense layers; the input of each is added, and the sum is normalized.
  private func layer(_ input: Symbol, _ mask: Symbol, in scope: Scope) -> Symbol {
    let (names, channels) = (configuration.names, configuration.channels)
    func dense(_ units: Int, _ x: Symbol, _ name: String) -> Symbol {
      Dense(units, initializer: .normal(deviation: 0.02))(x, in: scope / name)
    }
    return scope.layer("layer") {
      let attention = SelfAttention(heads: configuration.headCount, names: names.projections)
      let seen = attention(input, mask: mask, in: scope / names.attention)
      var state = dense(channels, seen, names.attentionOutput) + input
      state = normalization(state, in: scope / names.attentionNormalization)
      let inner = dense(configuration.innerChannels, state, names.inner).activated(.gelu)
      return normalization(
        dense(channels, inner, names.outer) + state, in: scope / names.normalization)
    }
  }
}
