import GraftLayers

/// Which parameters of a model keep their values while the others are trained.
///
/// "Before" and "first" go by the order in which the layers declare their parameters, which is the
/// order in which data flows through them. Names are paths of layers (`layer4`, `features.28`) or
/// aliases (`block5_conv1`), whatever model the layers are part of.
public struct FreezePlan: Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case rule(Rule)
    case predicate(@Sendable (Parameter) -> Bool)
  }

  let kind: Kind

  package init(_ rule: Rule) { kind = .rule(rule) }

  private init(_ kind: Kind) { self.kind = kind }

  /// What is frozen, in words.
  public var description: String {
    switch kind {
    case .rule(let rule): rule.words
    case .predicate: "chosen parameters"
    }
  }

  /// Everything trains.
  public static let none = FreezePlan(.nothing)

  /// All backbones are frozen, wherever they stand: only what was put on them trains.
  public static let backbone = FreezePlan(.backbone)

  /// The whole of `base` is frozen, wherever it stands, and any other backbone of its name: the rest
  /// trains.
  public static func allOf(_ base: Backbone) -> FreezePlan {
    FreezePlan(.allOf(backbone: base.name))
  }

  /// The whole of a part that brings weights is frozen, wherever it stands, and any other of its name.
  public static func allOf(_ part: some Pretrained) -> FreezePlan {
    FreezePlan(.allOf(backbone: part.name))
  }

  /// Everything before the layer `name` is frozen: the layer itself and all that follows train.
  public static func upTo(_ name: String) -> FreezePlan { FreezePlan(.upTo(layer: name)) }

  /// Training starts at the layer `name`: ``upTo(_:)`` seen from the other side.
  public static func trainingFrom(_ name: String) -> FreezePlan { upTo(name) }

  /// The layer `name` and all that follows are frozen: what stands before trains.
  public static func from(_ name: String) -> FreezePlan { FreezePlan(.from(layer: name)) }

  /// The layers of these names are frozen.
  public static func layers(_ names: [String]) -> FreezePlan { FreezePlan(.layers(names: names)) }

  /// Everything but the layers of these names is frozen.
  public static func allExcept(_ names: [String]) -> FreezePlan {
    FreezePlan(.allExcept(names: names))
  }

  /// The first `count` layers that have parameters of their own are frozen.
  public static func first(_ count: Int) -> FreezePlan { FreezePlan(.first(count: count)) }

  /// The backbone is frozen but for its last `count` layers that have parameters of their own.
  public static func allButLast(_ count: Int) -> FreezePlan {
    FreezePlan(.allButLast(count: count))
  }

  /// The parameters for which `isFrozen` holds are frozen.
  public static func `where`(_ isFrozen: @escaping @Sendable (Parameter) -> Bool) -> FreezePlan {
    FreezePlan(.predicate(isFrozen))
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
    let isFrozen = try rule(for: outline).predicate(of: outline)
    let trainable = outline.parameters.enumerated().filter {
      $0.element.role.isTrainable && !isFrozen($0.offset)
    }
    guard !trainable.isEmpty else {
      throw .nothingToTrain(plan: description, model: outline.name)
    }
    return Set(trainable.map(\.element.path))
  }
}
