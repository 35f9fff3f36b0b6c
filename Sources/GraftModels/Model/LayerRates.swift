import GraftLayers

/// Which layers of a model learn at another rate than the optimizer's, and by which factor.
///
/// What is frozen stays frozen: a factor counts only where a layer trains. Names are those that a
/// ``FreezePlan`` knows. PyTorch says the same with parameter groups, fastai with slices of rates.
public struct LayerRates: Sendable, CustomStringConvertible {
  /// Parameters by their positions, and the factor of their rate.
  private struct Part {
    var name: String
    var positions: Range<Int>
    var factor: Float
  }

  /// What learns at which rate, in words.
  public let description: String
  /// Of parts that overlap, the later one counts.
  private let parts: @Sendable (Outline) throws(ModelError) -> [Part]

  /// Everything learns at the optimizer's rate.
  public static let uniform = LayerRates(description: "one rate") { (_) throws(ModelError) in [] }

  /// The whole backbone learns at `factor` times the rate, what was put on it at the rate itself.
  public static func backbone(factor: Float) -> LayerRates {
    LayerRates(description: "the backbone at \(factor) times the rate") {
      (outline) throws(ModelError) in
      guard let name = outline.backbone else { throw .noBackbone(model: outline.name) }
      let range = try outline.parameterRange(of: name)
      return [Part(name: name, positions: range, factor: factor)]
    }
  }

  /// Everything before the layer `name` learns at `factor` times the rate.
  public static func upTo(_ name: String, factor: Float) -> LayerRates {
    LayerRates(description: "everything before '\(name)' at \(factor) times the rate") {
      (outline) throws(ModelError) in
      let end = try outline.parameterRange(of: name).lowerBound
      return [Part(name: name, positions: 0..<end, factor: factor)]
    }
  }

  /// The layers of these names learn at so many times the rate; of a layer inside another that is
  /// named as well, its own factor counts.
  public static func layers(_ factors: [String: Float]) -> LayerRates {
    let names = factors.keys.sorted()
    return LayerRates(
      description: names.map { "\($0) at \(factors[$0] ?? 1) times the rate" }
        .joined(separator: ", ")
    ) { (outline) throws(ModelError) in
      var parts: [Part] = []
      for name in names {
        let range = try outline.parameterRange(of: name)
        parts.append(Part(name: name, positions: range, factor: factors[name] ?? 1))
      }
      return parts.sorted { ($1.positions.count, $0.name) < ($0.positions.count, $1.name) }
    }
  }

  /// The parameters whose rate is multiplied, each in one group only.
  ///
  /// - Throws: ``ModelError`` where a name is unknown or a factor is not greater than 0.
  public func groups(
    of outline: Outline
  ) throws(ModelError) -> [(parameters: Set<ParameterPath>, factor: Float)] {
    let parts = try parts(outline)
    var owners = [Int?](repeating: nil, count: outline.parameters.count)
    for (number, part) in parts.enumerated() {
      guard part.factor > 0, part.factor.isFinite else {
        throw .impossibleRate(factor: part.factor, layer: part.name)
      }
      for position in part.positions { owners[position] = number }
    }
    return parts.enumerated().map { number, part in
      let own = part.positions.filter { owners[$0] == number }
      return (Set(own.map { outline.parameters[$0].path }), part.factor)
    }
  }
}
