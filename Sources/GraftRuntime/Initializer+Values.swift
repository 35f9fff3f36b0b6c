import GraftGraph
import GraftRandom

extension Initializer {
  /// The initial values of a parameter: a pure function of its declaration and the seed.
  func values(for parameter: Parameter, seed: UInt64) -> [Float] {
    let shape = parameter.type.shape
    var generator = SplitMix64(seed: seed ^ stableHash(of: parameter.path.description.utf8))
    let (inputs, outputs) = parameter.fans
    switch self {
    case .constant(let value): return Array(repeating: value, count: shape.count)
    case .glorotUniform:
      let limit = Float((6 / Double(max(inputs + outputs, 1))).squareRoot())
      return (0..<shape.count).map { _ in (generator.nextUnit() * 2 - 1) * limit }
    case .heNormal:
      let deviation = Float((2 / Double(max(outputs, 1))).squareRoot())
      return (0..<shape.count).map { _ in generator.nextNormal() * deviation }
    case .normal(let deviation):
      return (0..<shape.count).map { _ in generator.nextNormal() * deviation }
    }
  }
}

extension Parameter {
  /// How many inputs one output sees, and how many outputs one input feeds: in a depthwise
  /// convolution only those of its own channel, or random values would fade from layer to layer.
  fileprivate var fans: (inputs: Int, outputs: Int) {
    let extents = type.shape.extents
    guard extents.count >= 2 else { return (type.shape.count, type.shape.count) }
    let field = extents.dropLast(2).reduce(1, *)
    if role == .depthwiseKernel { return (field, field) }
    return (field * extents[extents.count - 2], field * extents[extents.count - 1])
  }
}
