import GraftGraph

/// A tensor to be written: described at once, its elements asked for when their turn comes.
public struct WritableTensor: Sendable {
  public var name: String
  public var shape: Shape
  /// Gives `shape.count` elements in row-major order.
  public var load: @Sendable () throws -> [Float]

  /// A tensor whose elements, row-major, `load` gives when they are written.
  public init(name: String, shape: Shape, load: @escaping @Sendable () throws -> [Float]) {
    self.name = name
    self.shape = shape
    self.load = load
  }
}
