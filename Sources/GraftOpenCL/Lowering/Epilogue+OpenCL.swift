import GraftGraph
import GraftRuntime

extension Activation {
  /// The macros that make a kernel apply this activation.
  var macros: [String: String] {
    let name =
      switch self {
      case .relu: "RELU"
      case .relu6: "RELU6"
      case .leakyReLU: "LEAKY_RELU"
      case .sigmoid: "SIGMOID"
      case .tanh: "TANH"
      case .hardSigmoid: "HARD_SIGMOID"
      case .silu: "SILU"
      case .hardSwish: "HARD_SWISH"
      case .gelu: "GELU"
      }
    var macros = ["ACTIVATION": "ACTIVATION_" + name]
    if case .leakyReLU(let slope) = self { macros["LEAK"] = kernelLiteral(slope) }
    return macros
  }
}

/// A number as OpenCL C writes it, exactly.
func kernelLiteral(_ value: Float) -> String {
  "as_float(0x" + String(value.bitPattern, radix: 16) + "u)"
}

extension Epilogue {
  /// The macros that make a kernel do this to its sums.
  var macros: [String: String] {
    var macros = activation?.macros ?? [:]
    if hasBias { macros["HAS_BIAS"] = "1" }
    if hasResidual { macros["HAS_RESIDUAL"] = "1" }
    return macros
  }

  /// The bias and the residual among a step's operands.
  func arguments(_ binding: Binding<OpenCLBuffer>) -> [any KernelArgument] {
    [biasIndex, residualIndex].compactMap { $0.map { binding.operands[$0] } }
  }
}
