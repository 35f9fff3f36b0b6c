/// The classes of Keras's layers that have weights, named as Keras names layers on its own.
enum KerasLayerClass: String, Hashable, Sendable {
  case convolution = "conv2d"
  case depthwiseConvolution = "depthwise_conv2d"
  case separableConvolution = "separable_conv2d"
  case dense
  case batchNormalization = "batch_normalization"
  case layerNormalization = "layer_normalization"
  case groupNormalization = "group_normalization"
  case layerScale = "layer_scale"
  case normalization
  case embedding

  /// The class of a layer that Keras named itself: `conv2d`, `conv2d_17`.
  init?(_ layer: String) { self.init(rawValue: Self.split(layer).stem) }

  /// The variables in the order in which Keras numbers them, for a layer that has `count` of them.
  func variables(count: Int) -> [String] {
    switch self {
    case .convolution, .depthwiseConvolution, .dense: ["kernel", "bias"]
    case .separableConvolution: ["depthwise_kernel", "pointwise_kernel", "bias"]
    case .batchNormalization:
      // Without a scale, the shift comes first; without either, the mean.
      Array(["gamma", "beta", "moving_mean", "moving_variance"].suffix(count))
    case .layerNormalization, .groupNormalization: ["gamma", "beta"]
    case .layerScale: ["gamma"]
    case .normalization: ["mean", "variance", "count"]
    case .embedding: ["embeddings"]
    }
  }

  /// A name and the number at its end; zero where there is none.
  static func split(_ name: String) -> (stem: String, number: Int) {
    guard let line = name.lastIndex(of: "_"), let number = Int(name[name.index(after: line)...]),
      number >= 0
    else { return (name, 0) }
    return (String(name[..<line]), number)
  }
}
