/// Layers one after the other, named by their position as in PyTorch: `0`, `1`, ...
public struct Sequential: Layer {
  public var layers: [any Layer]

  /// These layers in order.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The layers of the block in order.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    layers.enumerated().reduce(input) { x, layer in
      let name = (layer.element as? NamedLayer)?.name ?? String(layer.offset)
      return layer.element(x, in: scope / name)
    }
  }
}

/// Collects the layers written in a block.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: some Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { Array(parts.joined()) }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { Array(parts.joined()) }
  public static func buildLimitedAvailability(_ part: [any Layer]) -> [any Layer] { part }
}
