import GraftLayers

/// Which layers of a model learn at another rate than the optimizer's, and by which factor.
///
/// What is frozen stays frozen: a factor counts only where a layer trains. Names are those that a
/// ``FreezePlan`` knows. PyTorch says the same with parameter groups, fastai with slices of rates.
public struct LayerRates: Hashable, Sendable, CustomStringConvertible {
  /// Which layers, as a value that can be kept in a file.
  package enum Rule: Hashable, Sendable, Codable {
    case uniform
    case backbone(factor: Float)
    case upTo(layer: String, factor: Float)
    case layers(factors: [String: Float])
  }

  /// Parameters by their positions, and the factor of their rate.
  private struct Part {
    var name: String
    var positions: Range<Int>
    var factor: Float
  }

  package let rule: Rule

  package init(_ rule: Rule) { self.rule = rule }

  /// Everything learns at the optimizer's rate.
  public static let uniform = LayerRates(.uniform)

  /// All backbones learn at `factor` times the rate, what was put on them at the rate itself.
  public static func backbone(factor: Float) -> LayerRates { LayerRates(.backbone(factor: factor)) }

  /// Everything before the layer `name` learns at `factor` times the rate.
  public static func upTo(_ name: String, factor: Float) -> LayerRates {
    LayerRates(.upTo(layer: name, factor: factor))
  }

  /// The layers of these names learn at so many times the rate; of a layer inside another that is
  /// named as well, its own factor counts.
  public static func layers(_ factors: [String: Float]) -> LayerRates {
    LayerRates(.layers(factors: factors))
  }

  /// What learns at which rate, in words.
  public var description: String {
    switch rule {
    case .uniform: "one rate"
    case .backbone(let factor): "the backbone at \(factor) times the rate"
    case .upTo(let name, let factor): "everything before '\(name)' at \(factor) times the rate"
    case .layers(let factors):
      factors.keys.sorted().map { "\($0) at \(factors[$0] ?? 1) times the rate" }
        .joined(separator: ", ")
    }
  }

  /// The parameters whose rate is multiplied, each in one group only.
  ///
  /// - Throws: ``ModelError`` where a name is unknown or a factor is not greater than 0.
  public func groups(
    of outline: Outline
  ) throws(ModelError) -> [(parameters: Set<ParameterPath>, factor: Float)] {
    let parts = try parts(of: outline)
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

  /// Of parts that overlap, the later one counts.
  private func parts(of outline: Outline) throws(ModelError) -> [Part] {
    switch rule {
    case .uniform: return []
    case .backbone(let factor):
      return try outline.backboneRanges().map {
        Part(name: "the backbone", positions: $0, factor: factor)
      }
    case .upTo(let name, let factor):
      let end = try outline.parameterRange(of: name).lowerBound
      return [Part(name: name, positions: 0..<end, factor: factor)]
    case .layers(let factors):
      var parts: [Part] = []
      for (name, factor) in factors.sorted(by: { $0.key < $1.key }) {
        let range = try outline.parameterRange(of: name)
        parts.append(Part(name: name, positions: range, factor: factor))
      }
      return parts.sorted { ($1.positions.count, $0.name) < ($0.positions.count, $1.name) }
    }
  }
}
