/// PyTorch's own limit.
private let greatestRank = 64

extension PickleMachine {
  /// Looks up globals and builds objects from them.
  mutating func executeObject(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .global:
      let module = try cursor.line("the name of a module in the pickle")
      try push(.global(global(module, cursor.line("the name of a class in the pickle"))))
    case .stackGlobal:
      guard case (.text(let name), .text(let module)) = (try pop(), try pop()) else {
        throw bytes.malformed("the pickle names a class by no text; fetch the file again")
      }
      try push(.global(global(module, name)))
    case .reduce, .newObject, .newObjectWithNames:
      if instruction == .newObjectWithNames { _ = try pop() }
      let arguments = try items(pop(), .tuple)
      let callee = try pop()
      guard let arguments, let value = try build(callee, arguments, instruction == .reduce) else {
        throw bytes.malformed("the pickle builds an object from wrong parts; fetch the file again")
      }
      try push(value)
    case .persistentIdentifier:
      guard let value = try external(items(pop(), .tuple) ?? []) else {
        throw bytes.malformed("the pickle describes a storage that is none; fetch the file again")
      }
      try push(value)
    default: try setState(pop(), of: top())
    }
  }

  private func global(_ module: String, _ name: String) throws -> PickleGlobal {
    if let global = PickleGlobal(module: module, name: name) { return global }
    throw WeightFileError(
      file: bytes.storage.file, problem: .forbiddenGlobal("\(module).\(name)"),
      explanation: "asks for the Python object \(module).\(name), which runs code or commands and "
        + "which weights never need; it was not run. If you trust the file, open it in Python and "
        + "save only the weights: torch.save(model.state_dict(), path)")
  }

  /// The value of `callee(arguments...)`, or nil when the arguments make no sense.
  private mutating func build(
    _ callee: PickleValue, _ arguments: [PickleValue], _ isCall: Bool
  ) throws -> PickleValue? {
    guard case .global(let global) = callee else {
      // A call of what another call gave: nothing that could be known here.
      return try object("an object", arguments)
    }
    if let value = try buildArray(global, arguments) { return value }
    switch global {
    case .dictionary: return try makeNode(.dictionary, dictionaryItems(arguments.first))
    case .defaultDictionary: return try makeNode(.dictionary)
    case .list: return try makeNode(.list, sequence(arguments.first))
    case .tuple, .size: return try makeNode(.tuple, sequence(arguments.first))
    case .set: return try makeNode(.set, sequence(arguments.first))
    case .rebuildTensor: return try tensor(arguments, typeAt: nil)
    case .rebuildTypedTensor: return try tensor(arguments, typeAt: 6)
    case .rebuildParameter: return arguments.first.flatMap { isTensor($0) ? $0 : nil }
    case .rebuildSubclass:
      // (function, class, arguments, state): the class adds nothing that a weight needs.
      guard arguments.count >= 3, case .global(let function) = arguments[0],
        function != .rebuildSubclass, let inner = items(arguments[2], .tuple)
      else { return nil }
      return try build(arguments[0], inner, isCall)
    case .rebuildObject:
      // (class, base class, state): how protocols before 2 make any object.
      guard case .global(.foreign(let name))? = arguments.first else { return .opaque }
      return try object(name, [])
    case .attribute:
      guard arguments.count == 2, case .global(.foreign(let owner)) = arguments[0],
        case .text(let name) = arguments[1]
      else { return .opaque }
      return .global(try self.global(owner, name))
    case .foreign(let name): return try foreign(name, arguments, isCall)
    default: return .opaque
    }
  }

  private mutating func foreign(
    _ name: String, _ arguments: [PickleValue], _ isCall: Bool
  ) throws -> PickleValue {
    if name.hasPrefix("torch._utils._rebuild") || name.hasPrefix("torch.storage._load") {
      return try makeNode(.unreadable(name))
    }
    if isCall, !PickleGlobal.seemsClass(name), uncalledFunctions.count < 100 {
      uncalledFunctions.insert(name)
    }
    return try object(name, arguments)
  }

  private mutating func object(_ name: String, _ items: [PickleValue]) throws -> PickleValue {
    try makeNode(.object(name), numbered(items))
  }

  /// Gives an object its attributes; other values have a state that changes no tensor, such as hooks.
  private mutating func setState(_ state: PickleValue, of value: PickleValue) throws {
    guard case .node(let index) = value else { return }
    switch nodes[index].kind {
    case .arrayType, .object(Self.arrayClass): try setArrayState(state, of: index)
    case .object:
      if let attributes = items(state, .dictionary) {
        try extend(index, by: attributes)
      } else if let parts = items(state, .tuple), parts.count == 2,
        parts.allSatisfy({ $0 == .none || items($0, .dictionary) != nil })
      {
        // Of a class with slots: (attributes, slots).
        for part in parts { try extend(index, by: items(part, .dictionary) ?? []) }
      } else {
        try extend(index, by: [.text("state"), state])
      }
    default: break
    }
  }

  /// The items of a list, tuple or set.
  private mutating func sequence(_ value: PickleValue?) throws -> [PickleValue] {
    guard let value else { return [] }
    let items = items(value, .list) ?? items(value, .tuple) ?? items(value, .set) ?? []
    try charge(items.count)
    return items
  }

  /// Keys and values in turn, from a dictionary or a sequence of pairs.
  private mutating func dictionaryItems(_ value: PickleValue?) throws -> [PickleValue] {
    if let value, let items = items(value, .dictionary) {
      try charge(items.count)
      return items
    }
    var result: [PickleValue] = []
    for pair in try sequence(value) {
      let pair = try sequence(pair)
      if pair.count == 2 { result += pair }
    }
    return result
  }

  /// A storage from `('storage', class, key, location, count[, view])`, or a class from
  /// `('module', class, file, source)`, as whole models had them before 1.6.
  private mutating func external(_ parts: [PickleValue]) throws -> PickleValue? {
    if parts.count >= 2, parts[0] == .text("module") { return parts[1] }
    guard parts.count >= 5, parts[0] == .text("storage"), case .global(let type) = parts[1],
      case .text(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { return nil }
    if case .foreign(let name) = type { return try makeNode(.unreadable(name)) }
    guard case .storage(let elementType) = type else { return nil }
    var storage = PickledStorage(key: key, elementType: elementType, count: count)
    if parts.count > 5, let view = items(parts[5], .tuple) {
      guard view.count == 3, case .integer(let offset) = view[1], offset >= 0 else { return nil }
      storage.offset = offset
    }
    return try makeStorage(storage)
  }

  /// A tensor from `(storage, offset, size, strides, ...)`.
  private mutating func tensor(
    _ arguments: [PickleValue], typeAt typeIndex: Int?
  ) throws -> PickleValue? {
    guard arguments.count >= 4, case .node(let index) = arguments[0] else { return nil }
    if case .unreadable = nodes[index].kind { return arguments[0] }
    guard case .storage(let number) = nodes[index].kind, case .integer(let offset) = arguments[1],
      let extents = integers(arguments[2]), let strides = integers(arguments[3])
    else { return nil }
    var elementType = storages[number].elementType
    if let typeIndex {
      guard arguments.count > typeIndex, case .global(let type) = arguments[typeIndex] else {
        return nil
      }
      if case .foreign(let name) = type { return try makeNode(.unreadable(name)) }
      guard case .elementType(let known) = type else { return nil }
      elementType = known
    }
    guard let elementType else { return nil }
    return try makeTensor(
      PickledTensor(
        source: .storage(storages[number]), elementType: elementType, offset: offset,
        extents: extents, strides: strides))
  }

  private func isTensor(_ value: PickleValue) -> Bool {
    guard case .node(let index) = value else { return false }
    switch nodes[index].kind {
    case .tensor, .unreadable, .object(Self.arrayClass): return true
    default: return false
    }
  }

  func integers(_ value: PickleValue) -> [Int]? {
    guard let items = items(value, .tuple) ?? items(value, .list), items.count <= greatestRank
    else { return nil }
    var integers: [Int] = []
    for item in items {
      guard case .integer(let integer) = item else { return nil }
      integers.append(integer)
    }
    return integers
  }
}
