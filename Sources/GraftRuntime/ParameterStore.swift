public import GraftGraph

/// The values of parameters on the host, by path.
///
/// Values may be given as arrays or as closures that read them when they are needed, so that a
/// frozen backbone needs no copy of its weights beside its file and the device's packed form.
public final class ParameterStore {
  /// One parameter's value and how often it was set.
  private struct Entry {
    var load: () throws -> [Float]
    var type: TensorType
    var version: Int
  }
  private var entries: [ParameterPath: Entry] = [:]

  /// A store without values.
  public init() {}

  /// The paths of all parameters that have a value.
  public var paths: [ParameterPath] { entries.keys.sorted() }

  /// Whether `path` has a value.
  public func contains(_ path: ParameterPath) -> Bool { entries[path] != nil }

  /// The type of the value at `path`, or `nil` if there is none.
  public func type(of path: ParameterPath) -> TensorType? { entries[path]?.type }

  /// How often the value at `path` was set.
  public func version(of path: ParameterPath) -> Int { entries[path]?.version ?? 0 }

  /// Sets a value of the given shape.
  public func set(_ path: ParameterPath, shape: Shape, to values: [Float]) {
    set(path, shape: shape) { values }
  }

  /// Sets a value that is read when needed.
  ///
  /// - Parameters:
  ///   - shape: The shape of what `load` gives.
  ///   - load: Called once for each use; it must always give the same.
  public func set(_ path: ParameterPath, shape: Shape, load: @escaping () throws -> [Float]) {
    entries[path] = Entry(load: load, type: TensorType(shape), version: version(of: path) + 1)
  }

  /// Forgets the values whose paths fulfil a condition.
  public func remove(where condition: (ParameterPath) -> Bool) {
    entries = entries.filter { !condition($0.key) }
  }

  /// The value at `path`.
  ///
  /// - Throws: ``ParameterError`` where there is none or it has another element count than
  ///   promised; whatever reading it throws.
  public func values(at path: ParameterPath) throws -> [Float] {
    guard let entry = entries[path] else { throw ParameterError.missing(path) }
    let values = try entry.load()
    guard values.count == entry.type.shape.count else {
      throw ParameterError.wrongCount(
        path, expected: entry.type.shape.count, found: values.count)
    }
    return values
  }

  /// Gives every declared parameter that has no value its initial one.
  ///
  /// The values depend on `seed` and on each parameter's path alone.
  public func initialize(_ parameters: [Parameter], seed: UInt64) {
    for parameter in parameters where !contains(parameter.path) {
      set(parameter.path, shape: parameter.type.shape) {
        parameter.initializer.values(for: parameter, seed: seed)
      }
    }
  }
}

/// A parameter whose value can't be used.
public enum ParameterError: Error, CustomStringConvertible {
  case missing(ParameterPath)
  case wrongCount(ParameterPath, expected: Int, found: Int)

  public var description: String {
    switch self {
    case .missing(let path):
      "parameter '\(path)' has no value; load weights for it or initialize it"
    case .wrongCount(let path, let expected, let found):
      "parameter '\(path)' needs \(expected) elements, but its source has \(found)"
    }
  }
}
