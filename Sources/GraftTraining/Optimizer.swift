package import GraftGraph

/// How gradients move parameters.
///
/// The learning rate may change at any step without compiling anything again.
public struct Optimizer: Hashable, Sendable, Codable {
  /// The family of update formulas.
  public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
    case sgd, adam
    case adamW = "adamw"
  }
  /// Which formulas.
  public var method: Method
  /// The learning rate; a schedule multiplies it.
  public var rate: Float
  /// How strongly values are drawn to 0; 0 not at all. For AdamW a share of the rate, else added to the
  /// gradient.
  public var weightDecay: Float
  /// For SGD; 0 keeps no velocity.
  public var momentum: Float
  /// For SGD with momentum (Nesterov 1983, in Sutskever et al.'s form).
  public var isNesterov: Bool
  /// For Adam: how slowly the mean of gradients and the mean of their squares move.
  public var beta1: Float
  public var beta2: Float
  /// For Adam: added to the root of the mean square.
  public var epsilon: Float

  /// Stochastic gradient descent; with weight decay as an L2 penalty, as PyTorch's.
  public static func sgd(
    _ rate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0
  ) -> Optimizer {
    Optimizer(
      method: .sgd, rate: rate, weightDecay: weightDecay, momentum: momentum, isNesterov: nesterov,
      beta1: 0, beta2: 0, epsilon: 0)
  }

  /// Adam (Kingma and Ba 2015); weight decay is added to the gradient.
  public static func adam(
    _ rate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0
  ) -> Optimizer {
    Optimizer(
      method: .adam, rate: rate, weightDecay: weightDecay, momentum: 0, isNesterov: false,
      beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  /// AdamW (Loshchilov and Hutter 2019); weight decay shrinks the parameter itself.
  public static func adamW(
    _ rate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0.01
  ) -> Optimizer {
    Optimizer(
      method: .adamW, rate: rate, weightDecay: weightDecay, momentum: 0, isNesterov: false,
      beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  /// The same formulas at another learning rate.
  public func withRate(_ rate: Float) -> Optimizer {
    var copy = self
    copy.rate = rate
    return copy
  }

  /// Whether `other` needs another graph, and so other state: everything but the rate counts.
  public func hasSameGraph(as other: Optimizer) -> Bool { withRate(0) == other.withRate(0) }
}

extension Optimizer {
  /// The names of the inputs that the training loop sets before each step.
  package enum Input {
    package static let rate = "rate"
    /// The rate of one of ``RateGroups``.
    static func rate(of group: Int) -> String { group == 0 ? rate : "\(rate).\(group)" }
    package static let corrections = "corrections"
  }

  /// What one more step `count` (from 1) divides Adam's moments by.
  package func corrections(step count: Int) -> [Float] {
    func correction(_ beta: Float) -> Float {
      guard beta > 0 else { return 1 }
      var power = 1.0
      var (base, exponent) = (Double(beta), count)
      while exponent > 0 {
        if exponent & 1 == 1 { power *= base }
        base *= base
        exponent >>= 1
      }
      return Float(1 - power)
    }
    return [correction(beta1), correction(beta2)]
  }

  /// The path of a state of this optimizer for one parameter.
  package static func statePath(_ state: String, of path: ParameterPath) -> ParameterPath {
    ParameterPath("optimizer.\(state).\(path)")
  }

  /// Adds the update of each parameter to a graph, along with the state it needs.
  package func addUpdates(
    to builder: GraphBuilder, gradients: [ParameterPath: Symbol], parameters: [Parameter],
    rates groups: RateGroups = .uniform
  ) {
    builder.phase = .update
    let moved = parameters.filter { gradients[$0.path] != nil }
    var rates: [Int: Symbol] = [:]
    for number in Set(moved.map { groups.number(of: $0.path) }).sorted() {
      rates[number] = builder.input(
        Input.rate(of: number), TensorType([1]), kind: .control)
    }
    let corrections =
      method == .sgd ? nil : builder.input(Input.corrections, TensorType([2]), kind: .control)
    for parameter in moved {
      guard let gradient = gradients[parameter.path],
        let rate = rates[groups.number(of: parameter.path)]
      else { continue }
      builder.layer = parameter.path.description
      let value = builder.parameter(parameter)
      if let corrections {
        addAdam(to: builder, parameter, [value, gradient, rate, corrections])
      } else {
        addSGD(to: builder, parameter, [value, gradient, rate])
      }
    }
    builder.layer = ""
  }

  private func addSGD(to builder: GraphBuilder, _ parameter: Parameter, _ operands: [Symbol]) {
    let operation = SGDUpdate(momentum: momentum, isNesterov: isNesterov, weightDecay: weightDecay)
    guard momentum != 0 else {
      builder.assign(builder.apply(operation, to: operands)[0], to: parameter.path)
      return
    }
    let velocity = state("velocity", of: parameter)
    let results = builder.apply(operation, to: operands + [builder.parameter(velocity)])
    builder.assign(results[0], to: parameter.path)
    builder.assign(results[1], to: velocity.path)
  }

  private func addAdam(to builder: GraphBuilder, _ parameter: Parameter, _ operands: [Symbol]) {
    let operation = AdamUpdate(
      beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      isDecoupled: method == .adamW)
    let moments = [state("mean", of: parameter), state("square", of: parameter)]
    let results = builder.apply(operation, to: operands + moments.map(builder.parameter))
    let paths = [parameter.path] + moments.map(\.path)
    for (result, path) in zip(results, paths) { builder.assign(result, to: path) }
  }

  private func state(_ name: String, of parameter: Parameter) -> Parameter {
    Parameter(
      path: Self.statePath(name, of: parameter.path), type: parameter.type, role: .optimizerState,
      initializer: .constant(0))
  }
}
