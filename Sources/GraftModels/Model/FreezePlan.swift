import GraftLayers

/// Which parameters of a model keep their values while the others are trained.
///
/// "Before" and "first" go by the order in which the layers declare their parameters, which is the
/// order in which data flows through them. Names are paths of layers (`layer4`, `features.28`) or
/// aliases (`block5_conv1`), whatever model the layers are part of.
public struct FreezePlan: Sendable, CustomStringConvertible {
  /// What is frozen, in words.
  public let description: String
  private let frozen: @Sendable (Outline) throws(ModelError) -> @Sendable (Int) -> Bool

  private init(
    _ description: String,
    frozen: @escaping @Sendable (Outline) throws(ModelError) -> @Sendable (Int) -> Bool
  ) {
    self.description = description
    self.frozen = frozen
  }

  /// Everything trains.
  public static let none = FreezePlan("nothing") { (_) throws(ModelError) in { _ in false } }

  /// The whole backbone is frozen: only what was put on it trains.
  public static let backbone = FreezePlan("the backbone") { (outline) throws(ModelError) in
    guard let backbone = outline.backbone else { throw .noBackbone(model: outline.name) }
    let range = try outline.parameterRange(of: backbone)
    return { range.contains($0) }
  }

  /// The whole of `base` is frozen: only what was put on it trains.
  public static func allOf(_ base: Backbone) -> FreezePlan {
    FreezePlan("all of \(base.name)") { (outline) throws(ModelError) in
      guard outline.backbone == base.name else { throw .noBackbone(model: outline.name) }
      let range = try outline.parameterRange(of: base.name)
      return { range.contains($0) }
    }
  }

  /// Everything before the layer `name` is frozen: the layer itself and all that follows train.
  public static func upTo(_ name: String) -> FreezePlan {
    FreezePlan("everything before '\(name)'") { (outline) throws(ModelError) in
      let start = try outline.parameterRange(of: name).lowerBound
      return { $0 < start }
    }
  }

  /// Training starts at the layer `name`: ``upTo(_:)`` seen from the other side.
  public static func trainingFrom(_ name: String) -> FreezePlan { upTo(name) }

  /// The layer `name` and all that follows are frozen: what stands before trains.
  public static func from(_ name: String) -> FreezePlan {
    FreezePlan("everything from '\(name)' on") { (outline) throws(ModelError) in
      let start = try outline.parameterRange(of: name).lowerBound
      return { $0 >= start }
    }
  }

  /// The layers of these names are frozen.
  public static func layers(_ names: [String]) -> FreezePlan {
    FreezePlan(names.joined(separator: ", ")) { (outline) throws(ModelError) in
      let positions = try outline.positions(of: names)
      return { positions.contains($0) }
    }
  }

  /// Everything but the layers of these names is frozen.
  public static func allExcept(_ names: [String]) -> FreezePlan {
    FreezePlan("everything but \(names.joined(separator: ", "))") { (outline) throws(ModelError) in
      let positions = try outline.positions(of: names)
      return { !positions.contains($0) }
    }
  }

  /// The first `count` layers that have parameters of their own are frozen.
  public static func first(_ count: Int) -> FreezePlan {
    FreezePlan("the first \(count) layers") { (outline) throws(ModelError) in
      let end = outline.parameterRanges.prefix(max(count, 0)).last?.upperBound ?? 0
      return { $0 < end }
    }
  }

  /// The backbone is frozen but for its last `count` layers that have parameters of their own.
  public static func allButLast(_ count: Int) -> FreezePlan {
    FreezePlan("all but the last \(count) layers of the backbone") {
      (outline) throws(ModelError) in
      guard let backbone = outline.backbone else { throw .noBackbone(model: outline.name) }
      let range = try outline.parameterRange(of: backbone)
      let last = outline.parameterRanges.filter { range.contains($0.lowerBound) }
        .suffix(max(count, 0))
      return { $0 < last.first?.lowerBound ?? range.upperBound }
    }
  }

  /// The parameters for which `isFrozen` holds are frozen.
  public static func `where`(_ isFrozen: @escaping @Sendable (Parameter) -> Bool) -> FreezePlan {
    FreezePlan("chosen parameters") { (outline) throws(ModelError) in
      { isFrozen(outline.parameters[$0]) }
    }
  }

  /// The parameters that the plan leaves to train.
  ///
  /// - Throws: ``ModelError`` where a name is unknown or nothing is left; `GraphError` where the
  ///   model can't be built.
  public func trainableParameters(of model: Model) throws -> Set<ParameterPath> {
    try trainableParameters(of: try model.outline())
  }

  /// The parameters that the plan leaves to train.
  ///
  /// - Throws: ``ModelError`` where a name is unknown or nothing is left.
  public func trainableParameters(of outline: Outline) throws(ModelError) -> Set<ParameterPath> {
    let isFrozen = try frozen(outline)
    let trainable = outline.parameters.enumerated().filter {
      $0.element.role.isTrainable && !isFrozen($0.offset)
    }
    guard !trainable.isEmpty else {
      throw .nothingToTrain(plan: description, model: outline.name)
    }
    return Set(trainable.map(\.element.path))
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
}
