/// The types by whose names a bundle writes down losses, metrics and other values of any type.
public struct Catalogue: Sendable {
  private var types: [String: any (Codable & Sendable).Type] = [:]

  /// Knows some types, each by its name.
  public init(_ types: [any (Codable & Sendable).Type] = []) {
    for type in types { self.types[Self.kind(of: type)] = type }
  }

  /// Knows all types of both.
  public func adding(_ other: Catalogue) -> Catalogue {
    var result = self
    result.types.merge(other.types) { $1 }
    return result
  }

  static func kind(of type: Any.Type) -> String { String(describing: type) }

  func type(of kind: String) -> (any (Codable & Sendable).Type)? { types[kind] }
}

extension CodingUserInfoKey {
  /// Where a decoder finds its ``Catalogue``.
  public static let catalogue = CodingUserInfoKey(rawValue: "graft.catalogue")!
}

/// A value that can't be written down or read back.
public struct UndescribableValue: Error, CustomStringConvertible {
  public let description: String
}

/// A value of any type that is written down with the type's name beside its own fields.
@propertyWrapper public struct Described<Value: Sendable>: Codable, Sendable {
  public var wrappedValue: Value

  /// A value, described by its type and its fields.
  public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

  private enum Key: String, CodingKey { case kind }

  /// - Throws: ``UndescribableValue`` where the value is not `Codable`, or has a field called `kind`.
  public func encode(to encoder: any Encoder) throws {
    guard let value = wrappedValue as? any Encodable else {
      throw UndescribableValue(
        description:
          "\(type(of: wrappedValue)) is not Codable, so that it can't be saved; make it so")
    }
    guard !Mirror(reflecting: value).children.contains(where: { $0.label == Key.kind.rawValue })
    else {
      throw UndescribableValue(
        description:
          "\(type(of: value)) has a field called 'kind', under which the name of its type is "
          + "saved; give the field another name")
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Catalogue.kind(of: type(of: value)), forKey: .kind)
    try value.encode(to: encoder)
  }

  /// - Throws: ``UndescribableValue`` where the decoder's catalogue doesn't know the type.
  public init(from decoder: any Decoder) throws {
    let kind = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .kind)
    let catalogue = decoder.userInfo[.catalogue] as? Catalogue
    guard let type = catalogue?.type(of: kind) else {
      throw UndescribableValue(
        description: "there is no '\(kind)' here; pass its type: "
          + "Learner(bundle: url, knowing: Catalogue([\(kind).self]))")
    }
    guard let value = try type.init(from: decoder) as? Value else {
      throw UndescribableValue(description: "'\(kind)' is no \(Value.self)")
    }
    wrappedValue = value
  }
}

extension Described: Hashable {
  public static func == (first: Self, second: Self) -> Bool { first.key == second.key }

  public func hash(into hasher: inout Hasher) { hasher.combine(key) }

  private var key: AnyHashable {
    (wrappedValue as? any Hashable).map { AnyHashable($0) }
      ?? AnyHashable(ObjectIdentifier(type(of: wrappedValue)))
  }
}

/// Values of any types that are written down with the types' names.
@propertyWrapper public struct DescribedList<Value: Sendable>: Codable, Hashable, Sendable {
  private var values: [Described<Value>]

  public var wrappedValue: [Value] {
    get { values.map(\.wrappedValue) }
    set { values = newValue.map { Described(wrappedValue: $0) } }
  }

  /// Values, each described by its type and its fields.
  public init(wrappedValue: [Value]) {
    values = wrappedValue.map { Described(wrappedValue: $0) }
  }

  public init(from decoder: any Decoder) throws { values = try [Described<Value>](from: decoder) }

  public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
