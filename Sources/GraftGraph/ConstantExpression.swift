/// An operation of any type, equal to another where type and content are equal.
public struct AnyOperation: Hashable, Sendable {
  public let base: any Operation

  /// Erases the type of an operation.
  public init(_ base: any Operation) { self.base = base }

  public static func == (left: Self, right: Self) -> Bool {
    AnyHashable(left.base) == AnyHashable(right.base)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}

/// How a value follows from parameters that never change.
///
/// Equal expressions over equal parameters give equal values, so executables share them.
public indirect enum ConstantExpression: Hashable, Sendable {
  case parameter(ParameterPath)
  case operation(AnyOperation, operands: [ConstantExpression], result: Int)

  /// The paths of all parameters that the value follows from.
  public var parameters: Set<ParameterPath> {
    switch self {
    case .parameter(let path): [path]
    case .operation(_, let operands, _): operands.reduce(into: []) { $0.formUnion($1.parameters) }
    }
  }
}
