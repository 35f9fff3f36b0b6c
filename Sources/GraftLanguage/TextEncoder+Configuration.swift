extension TextEncoder {
  /// Whose network it is: names and constants follow from that.
  public enum Family: String, Hashable, Codable, Sendable, CaseIterable {
    case bert, roberta, distilbert

    /// The head that the family's files may have before every name.
    var prefix: String { rawValue + "." }
  }

  /// The sizes of a network.
  public struct Configuration: Hashable, Codable, Sendable {
    public var family: Family
    /// The tokens that the network knows.
    public var vocabularyCount: Int
    public var channels: Int
    /// The channels between the two dense layers of a layer.
    public var innerChannels: Int
    public var layerCount: Int
    /// The heads of attention, which divide the channels.
    public var headCount: Int
    /// The rows of the table of positions, of which RoBERTa leaves out two.
    public var positionCount = 512
    /// The texts of a sample that are told apart: 2 for BERT, else 0, or 1 where there is a table.
    public var typeCount: Int
    /// Whether a dense layer and tanh follow the first token's state.
    public var hasPooler: Bool

    /// A network of these sizes, with the inner channels, positions and types that are usual.
    public init(
      _ family: Family, vocabularyCount: Int, channels: Int, layerCount: Int, headCount: Int
    ) {
      (self.family, self.vocabularyCount, self.channels) = (family, vocabularyCount, channels)
      (self.layerCount, self.headCount) = (layerCount, headCount)
      innerChannels = 4 * channels
      typeCount =
        switch family {
        case .bert: 2
        case .roberta: 1
        case .distilbert: 0
        }
      positionCount = family == .roberta ? 514 : 512
      hasPooler = family != .distilbert
    }

    /// BERT-Base, uncased; 109,482,240 parameters.
    public static let bertBase = Configuration(
      .bert, vocabularyCount: 30_522, channels: 768, layerCount: 12, headCount: 12)
    /// BERT-Large, uncased; 335,141,888 parameters.
    public static let bertLarge = Configuration(
      .bert, vocabularyCount: 30_522, channels: 1024, layerCount: 24, headCount: 16)
    /// MiniLM-L6; 22,713,216 parameters.
    public static let miniLML6 = Configuration(
      .bert, vocabularyCount: 30_522, channels: 384, layerCount: 6, headCount: 12)
    /// DistilBERT-Base, uncased; 66,362,880 parameters.
    public static let distilBERT = Configuration(
      .distilbert, vocabularyCount: 30_522, channels: 768, layerCount: 6, headCount: 12)
    /// RoBERTa-Base; 124,645,632 parameters.
    public static let roBERTaBase = Configuration(
      .roberta, vocabularyCount: 50_265, channels: 768, layerCount: 12, headCount: 12)

    /// The first row of the table of positions that a token takes.
    var firstPosition: Int { family == .roberta ? 2 : 0 }
    /// The most tokens of one sample.
    public var longestText: Int { max(1, positionCount - firstPosition) }
    var readsTypes: Bool { typeCount > 1 }
    /// What is added to variances.
    var epsilon: Float { family == .roberta ? 1e-5 : 1e-12 }
    var names: Names { family == .distilbert ? .distilBERT : .bert }
  }

  /// The names of a layer's parts.
  struct Names {
    var stack: String
    var attention: String
    var projections: (query: String, key: String, value: String)
    var attentionOutput: String
    var attentionNormalization: String
    var inner: String
    var outer: String
    var normalization: String

    static let bert = Names(
      stack: "encoder", attention: "attention.self", projections: ("query", "key", "value"),
      attentionOutput: "attention.output.dense",
      attentionNormalization: "attention.output.LayerNorm", inner: "intermediate.dense",
      outer: "output.dense", normalization: "output.LayerNorm")
    static let distilBERT = Names(
      stack: "transformer", attention: "attention", projections: ("q_lin", "k_lin", "v_lin"),
      attentionOutput: "attention.out_lin", attentionNormalization: "sa_layer_norm",
      inner: "ffn.lin1", outer: "ffn.lin2", normalization: "output_layer_norm")
  }
}
