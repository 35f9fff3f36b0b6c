/// The name of a parameter: the names of the layers that contain it, joined by dots, as in
/// PyTorch's state dictionaries (`layer1.0.conv1.weight`).
public struct ParameterPath: Hashable, Sendable, Comparable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  public let description: String

  /// A path as PyTorch writes it: `layer1.0.conv1.weight`.
  public init(_ description: String) { self.description = description }
  /// A path as PyTorch writes it: `layer1.0.conv1.weight`.
  public init(stringLiteral value: String) { description = value }

  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

  /// The path of the layer that the parameter belongs to.
  package var layer: String {
    description.lastIndex(of: ".").map { String(description[..<$0]) } ?? ""
  }
}

/// What a parameter is to its layer; decides how a file's layout maps to Graft's.
public enum ParameterRole: Hashable, Sendable {
  /// A convolution kernel: height, width, input channels of one group, output channels.
  case convolutionKernel
  /// A depthwise kernel: height, width, 1, output channels (channel multiplier included).
  case depthwiseKernel
  /// A dense kernel: inputs, outputs.
  case denseKernel
  /// A dense kernel whose inputs are a flattened image of this height, width and channel count.
  case flattenedDenseKernel(height: Int, width: Int, channels: Int)
  /// A table whose rows are looked up by their numbers: rows, channels.
  case embedding
  /// Added to each output channel.
  case bias
  /// The gamma of a normalization.
  case normalizationScale
  /// The beta of a normalization.
  case normalizationShift
  /// What a layer of its own multiplies each channel by.
  case channelScale
  /// The running mean of a batch normalization: moved by training, never by a gradient.
  case runningMean
  /// The running variance of a batch normalization: moved by training, never by a gradient.
  case runningVariance
  /// State of an optimizer.
  case optimizerState

  /// Whether a gradient may train a parameter of this role.
  public var isTrainable: Bool {
    switch self {
    case .runningMean, .runningVariance, .optimizerState: false
    default: true
    }
  }
}

/// How a parameter gets its first values when no file gives them.
public enum Initializer: Hashable, Sendable {
  case constant(Float)
  /// Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), Keras's default.
  case glorotUniform
  /// Normal with variance 2 / outputs (He et al. 2015), torchvision's for convolutions. Outputs are
  /// those that one input feeds, which in a depthwise convolution are those of its own channel.
  case heNormal
  /// Normal with this standard deviation.
  case normal(deviation: Float)
}

/// The declaration of one parameter of a model.
public struct Parameter: Hashable, Sendable {
  public var path: ParameterPath
  public var type: TensorType
  public var role: ParameterRole
  public var initializer: Initializer

  /// Declares a parameter.
  ///
  /// - Parameters:
  ///   - path: Its name, which no other parameter of the model has.
  ///   - role: What it is to its layer.
  ///   - initializer: How it gets its first values when no file gives them.
  public init(
    path: ParameterPath, type: TensorType, role: ParameterRole, initializer: Initializer
  ) {
    self.path = path
    self.type = type
    self.role = role
    self.initializer = initializer
  }
}
