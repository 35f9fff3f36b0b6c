/// The extent of each axis of a tensor, outermost first; images are N, height, width, channels.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extents, outermost axis first.
  public var extents: [Int]

  /// The shape with these extents, outermost axis first.
  public init(_ extents: [Int]) { self.extents = extents }
  /// The shape with these extents, outermost axis first: `[32, 224, 224, 3]`.
  public init(arrayLiteral elements: Int...) { extents = elements }

  /// The number of axes.
  public var rank: Int { extents.count }
  /// The number of elements.
  public var count: Int { extents.reduce(1, *) }

  /// Whether there are elements, and so few of them that sums of sizes fit an `Int`.
  public var isPossible: Bool {
    extents.allSatisfy { $0 > 0 } && extents.reduce(1) { $0 * Double($1) } <= Self.largestCount
  }
  private static let largestCount = 0x1p40

  /// The extent of one axis.
  public subscript(axis: Int) -> Int { extents[axis] }

  public var description: String { extents.map(String.init).joined(separator: "×") }
}
