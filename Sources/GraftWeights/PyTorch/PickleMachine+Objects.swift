/// PyTorch's own limit.
private let greatestRank = 64

extension PickleMachine {
  /// Looks up globals and builds the few objects that a weight file is made of.
  mutating func executeObject(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .global:
      let module = try cursor.line("the name of a module in the pickle")
      stack.append(try global(module, cursor.line("the name of a class in the pickle")))
    case .stackGlobal:
      guard case (.text(let name), .text(let module)) = (try pop(), try pop()) else {
        throw bytes.malformed("the pickle names a class by no text; fetch the file again")
      }
      stack.append(try global(module, name))
    case .reduce, .newObject:
      let arguments = try items(pop(), .tuple)
      guard case .global(let global) = try pop(), let arguments,
        let value = try build(global, arguments)
      else {
        throw bytes.malformed("the pickle builds an object from wrong parts; fetch the file again")
      }
      stack.append(value)
    case .persistentIdentifier:
      guard let storage = try storage(items(pop(), .tuple) ?? []) else {
        throw bytes.malformed("the pickle describes a storage that is none; fetch the file again")
      }
      push(.storage(storage))
    default:
      // The state of an object: hooks and version notes, which change no tensor.
      _ = try pop()
    }
  }

  private func global(_ module: String, _ name: String) throws -> PickleValue {
    if let global = PickleGlobal(module: module, name: name) { return .global(global) }
    throw WeightFileError(
      file: bytes.storage.file, problem: .forbiddenGlobal("\(module).\(name)"),
      explanation: "asks for the Python object \(module).\(name), which plain weights never need; "
        + "it was not run. If you trust the file, open it in Python and save only the weights: "
        + "torch.save(model.state_dict(), path)")
  }

  /// The value of `global(arguments...)`, or nil when the arguments make no sense.
  private mutating func build(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws -> PickleValue? {
    switch global {
    case .dictionary: return makeNode(.dictionary, try dictionaryItems(arguments.first))
    case .defaultDictionary: return makeNode(.dictionary)
    case .list: return makeNode(.list, try sequence(arguments.first))
    case .tuple, .size: return makeNode(.tuple, try sequence(arguments.first))
    case .set: return makeNode(.set, try sequence(arguments.first))
    case .rebuildTensor: return tensor(arguments, typeAt: nil)
    case .rebuildTypedTensor: return tensor(arguments, typeAt: 6)
    case .rebuildParameter:
      guard case .node(let index)? = arguments.first, case .tensor = nodes[index].kind else {
        return nil
      }
      return .node(index)
    case .rebuildSubclass:
      // (function, class, arguments, state): the class adds nothing that a weight needs.
      guard arguments.count >= 3, case .global(let function) = arguments[0],
        function != .rebuildSubclass, let inner = items(arguments[2], .tuple)
      else { return nil }
      return try build(function, inner)
    case .device, .encode: return .opaque
    case .tensorClass, .storage, .elementType: return nil
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

  /// A storage from `('storage', class, key, location, count[, view])`.
  private func storage(_ parts: [PickleValue]) throws -> PickledStorage? {
    guard parts.count >= 5, parts[0] == .text("storage"),
      case .global(.storage(let elementType)) = parts[1], case .text(let key) = parts[2],
      case .integer(let count) = parts[4], count >= 0
    else { return nil }
    var storage = PickledStorage(key: key, elementType: elementType, count: count)
    if parts.count > 5, let view = items(parts[5], .tuple) {
      guard view.count == 3, case .integer(let offset) = view[1], offset >= 0 else { return nil }
      storage.offset = offset
    }
    return storage
  }

  /// A tensor from `(storage, offset, size, strides, ...)`.
  private mutating func tensor(
    _ arguments: [PickleValue], typeAt typeIndex: Int?
  ) -> PickleValue? {
    guard arguments.count >= 4, case .node(let index) = arguments[0],
      case .storage(let storage) = nodes[index].kind, case .integer(let offset) = arguments[1],
      let extents = integers(arguments[2]), let strides = integers(arguments[3])
    else { return nil }
    var elementType = storage.elementType
    if let typeIndex {
      guard arguments.count > typeIndex, case .global(.elementType(let type)) = arguments[typeIndex]
      else { return nil }
      elementType = type
    }
    guard let elementType else { return nil }
    return makeNode(
      .tensor(
        PickledTensor(
          storage: storage, elementType: elementType, offset: offset, extents: extents,
          strides: strides)))
  }

  private func integers(_ value: PickleValue) -> [Int]? {
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
