/// A fully connected layer.
///
/// Input: (N, inputs), or sequences (N, length, inputs), each place of which goes through the layer by
/// itself. Output: the input's shape with the units last. Parameters: `weight` (inputs, units) and, with a bias,
/// `bias` (units). After a ``Flatten`` the weight's role tells the image's shape, so that rows of
/// PyTorch's files (channels first) find their place.
public struct Dense: Layer {
  public var units: Int
  public var hasBias: Bool
  public var activation: Activation?
  /// What is done to the units together after ``activation``; `nil` for nothing.
  public var scoreFunction: ScoreFunction?
  public var initializer: Initializer

  /// What makes something of all units of a sample together.
  public enum ScoreFunction: Hashable, Sendable {
    /// Probabilities that sum to one, as ``Softmax`` makes them.
    case softmax
  }

  /// Multiplies by the weight, adds the bias and applies the activation, if there are any.
  ///
  /// - Parameter units: The number of outputs, at least 1.
  public init(
    _ units: Int, activation: Activation? = nil, hasBias: Bool = true,
    initializer: Initializer = .glorotUniform
  ) {
    (self.units, self.activation) = (units, activation)
    (self.hasBias, self.initializer) = (hasBias, initializer)
  }

  /// Multiplies by the weight, adds the bias if there is one, and makes probabilities of the units.
  ///
  /// - Parameter units: The number of outputs, at least 1.
  public init(
    _ units: Int, activation: ScoreFunction, hasBias: Bool = true,
    initializer: Initializer = .glorotUniform
  ) {
    self.init(units, hasBias: hasBias, initializer: initializer)
    scoreFunction = activation
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let advice = "put GlobalAveragePooling() or Flatten() before it"
    guard
      scope.require(
        input.shape.rank == 2 || input.shape.rank == 3,
        "a dense layer can't take \(input.shape); \(advice)"),
      scope.require(
        (1...Self.largestUnitCount).contains(units),
        "a dense layer has 1 to \(Self.largestUnitCount) units, not \(units)")
    else { return input }
    let inputs = input.shape[input.shape.rank - 1]
    let weight = scope.parameter(
      "weight", [inputs, units], role: Self.kernelRole(of: input), initializer: initializer)
    var operands = [input, weight]
    if hasBias {
      operands.append(scope.parameter("bias", [units], role: .bias, initializer: .constant(0)))
    }
    let operation = MatrixProduct(epilogue: Epilogue(hasBias: hasBias))
    let output = scope.builder.apply(operation, to: operands)[0].activated(activation)
    return scoreFunction == .softmax
      ? scope.builder.apply(GraftGraph.Softmax(), to: output) : output
  }

  /// Beyond it, kernels would fit no device.
  private static let largestUnitCount = 1 << 24

  /// Looks behind what keeps the order of elements for the image that was flattened.
  private static func kernelRole(of input: Symbol) -> ParameterRole {
    let graph = input.builder.graph
    var node = graph[input.value]
    while node.operation is GraftGraph.Dropout || node.operation is Activate {
      node = graph[node.operands[0]]
    }
    guard node.operation is GraftGraph.Reshape else { return .denseKernel }
    let image = graph.type(of: node.operands[0]).shape
    guard image.rank == 4, image[1] * image[2] > 1 else { return .denseKernel }
    return .flattenedDenseKernel(height: image[1], width: image[2], channels: image[3])
  }
}
