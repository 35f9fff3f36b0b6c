import GraftLayers

extension FreezePlan {
  /// What a plan freezes, as a value that can be kept in a file.
  package enum Rule: Hashable, Sendable, Codable {
    case nothing
    case backbone
    case allOf(backbone: String)
    case upTo(layer: String)
    case from(layer: String)
    case layers(names: [String])
    case allExcept(names: [String])
    case first(count: Int)
    case allButLast(count: Int)
    case parameters(paths: [String])
  }

  /// The plan for one model, where predicates have become the parameters for which they hold.
  package func rule(for outline: Outline) throws(ModelError) -> Rule {
    switch kind {
    case .rule(let rule): return rule
    case .predicate(let isFrozen):
      return .parameters(paths: outline.parameters.filter(isFrozen).map(\.path.description))
    }
  }
}

extension FreezePlan.Rule {
  /// What is frozen, in words.
  var words: String {
    switch self {
    case .nothing: "nothing"
    case .backbone: "the backbone"
    case .allOf(let name): "all of \(name)"
    case .upTo(let name): "everything before '\(name)'"
    case .from(let name): "everything from '\(name)' on"
    case .layers(let names): names.joined(separator: ", ")
    case .allExcept(let names): "everything but \(names.joined(separator: ", "))"
    case .first(let count): "the first \(count) layers"
    case .allButLast(let count): "all but the last \(count) layers of the backbone"
    case .parameters: "chosen parameters"
    }
  }

  /// Whether the parameter at a position is frozen.
  func predicate(of outline: Outline) throws(ModelError) -> @Sendable (Int) -> Bool {
    switch self {
    case .nothing: return { _ in false }
    case .backbone: return Self.within(try outline.backboneRanges())
    case .allOf(let name): return Self.within(try outline.backboneRanges(named: name))
    case .upTo(let name):
      let start = try outline.parameterRange(of: name).lowerBound
      return { $0 < start }
    case .from(let name):
      let start = try outline.parameterRange(of: name).lowerBound
      return { $0 >= start }
    case .layers(let names):
      let positions = try outline.positions(of: names)
      return { positions.contains($0) }
    case .allExcept(let names):
      let positions = try outline.positions(of: names)
      return { !positions.contains($0) }
    case .first(let count):
      let end = outline.parameterRanges.prefix(max(count, 0)).last?.upperBound ?? 0
      return { $0 < end }
    case .allButLast(let count):
      let start = try outline.start(ofLast: count)
      return { $0 < start }
    case .parameters(let paths):
      let (paths, parameters) = (Set(paths), outline.parameters)
      return { paths.contains(parameters[$0].path.description) }
    }
  }

  private static func within(_ ranges: [Range<Int>]) -> @Sendable (Int) -> Bool {
    { position in ranges.contains { $0.contains(position) } }
  }
}

extension Outline {
  /// The positions of the parameters of each layer that has parameters of its own, in order.
  fileprivate var parameterRanges: [Range<Int>] {
    endpoints.filter { $0.isLeaf && !$0.parameters.isEmpty }.map(\.parameters)
      .sorted { $0.lowerBound < $1.lowerBound }
  }

  fileprivate func positions(of names: [String]) throws(ModelError) -> Set<Int> {
    var positions: Set<Int> = []
    for name in names { positions.formUnion(try parameterRange(of: name)) }
    return positions
  }

  /// Where the last layers of the backbones begin that have parameters of their own.
  fileprivate func start(ofLast count: Int) throws(ModelError) -> Int {
    let backbones = try backboneRanges()
    let layers = parameterRanges.filter { layer in
      backbones.contains { $0.contains(layer.lowerBound) }
    }
    let end = backbones.map(\.upperBound).max() ?? 0
    return layers.suffix(max(count, 0)).first?.lowerBound ?? end
  }
}
