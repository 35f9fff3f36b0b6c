/// Finds the tensors in what `torch.save` saved, and gives them their names.
///
/// A state dictionary is taken as it is. A training checkpoint, which has no tensor of its own but
/// holds a state dictionary under one of `wrappers` (in that order, repeatedly), stands for that
/// state dictionary; its other numbers and texts become metadata. Anything else is flattened:
/// keys, and positions in lists, are joined by dots.
struct PyTorchStateDictionary {
  private static let wrappers = [
    "state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "weights",
  ]
  private static let greatestDepth = 32
  private static let greatestVisitCount = 4_000_000
  private static let greatestNameByteCount = 1024

  private(set) var tensors: [(name: String, tensor: PickledTensor)] = []
  private(set) var metadata: [String: String] = [:]
  private let machine: PickleMachine

  init(_ machine: PickleMachine, root: PickleValue) throws {
    self.machine = machine
    var root = root
    while let (key, inner) = wrapped(root) {
      noteScalars(of: root)
      let outer = metadata["wrapper"].map { $0 + "." } ?? ""
      metadata["wrapper"] = outer + key
      root = inner
    }
    noteScalars(of: root)
    try flatten(root)
  }

  private func pairs(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)] {
    guard let items = machine.items(value, .dictionary) else { return [] }
    return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }

  private func tensor(_ value: PickleValue) -> PickledTensor? {
    guard case .node(let index) = value, case .tensor(let tensor) = machine.nodes[index].kind
    else { return nil }
    return tensor
  }

  private mutating func wrapped(_ value: PickleValue) -> (key: String, value: PickleValue)? {
    // A file that wraps itself would be unwrapped for ever.
    guard (metadata["wrapper"]?.utf8.count ?? 0) < 64 else { return nil }
    let pairs = pairs(value)
    guard !pairs.contains(where: { tensor($0.value) != nil }) else { return nil }
    for wrapper in Self.wrappers {
      if let pair = pairs.first(where: { $0.key == .text(wrapper) }),
        machine.items(pair.value, .dictionary)?.isEmpty == false
      {
        return (wrapper, pair.value)
      }
    }
    return nil
  }

  private mutating func noteScalars(of value: PickleValue) {
    for (key, value) in pairs(value) {
      guard case .text(let key) = key else { continue }
      switch value {
      case .integer(let number): metadata[key] = String(number)
      case .real(let number): metadata[key] = String(number)
      case .text(let text): metadata[key] = text
      case .boolean(let truth): metadata[key] = String(truth)
      default: break
      }
    }
  }

  /// Visits everything below `root` without recursion; what refers to itself ends at a limit.
  private mutating func flatten(_ root: PickleValue) throws {
    var pending = [(value: root, name: "", depth: 0)]
    var visitCount = 0
    var names: Set<String> = []
    while let (value, name, depth) = pending.popLast() {
      if let tensor = tensor(value) {
        let name = name.isEmpty ? "tensor" : name
        // As in Python, the last of two equal keys counts; it is visited first.
        if names.insert(name).inserted { tensors.append((name, tensor)) }
        continue
      }
      let children = children(value)
      visitCount += children.count
      guard visitCount <= Self.greatestVisitCount, depth <= Self.greatestDepth,
        name.utf8.count <= Self.greatestNameByteCount
      else {
        throw machine.bytes.unsupported(
          "the saved object is nested deeper or larger than any model (at \(name.prefix(80))); "
            + "save only model.state_dict()")
      }
      let prefix = name.isEmpty ? "" : name + "."
      for (key, child) in children where child.isNode {
        pending.append((child, prefix + key, depth + 1))
      }
    }
  }

  private func children(_ value: PickleValue) -> [(String, PickleValue)] {
    let sequence = machine.items(value, .list) ?? machine.items(value, .tuple) ?? []
    return sequence.enumerated().map { (String($0), $1) }
      + pairs(value).compactMap { key, value in
        switch key {
        case .text(let text): (text, value)
        case .integer(let number): (String(number), value)
        default: nil
        }
      }
  }
}

extension PickleValue {
  fileprivate var isNode: Bool {
    if case .node = self { true } else { false }
  }
}
