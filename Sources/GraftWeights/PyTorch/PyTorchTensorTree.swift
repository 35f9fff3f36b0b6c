/// Gives the tensors in what `torch.save` saved their names: the keys, positions and attributes on the
/// way to each, joined by dots.
///
/// So the parameters of a state dictionary are called as they are, those of a training checkpoint
/// `state_dict.conv1.weight` or the like: where in a file a network lies is told by its parameters
/// (`PrefixSearch`), not by the file alone. A module that was saved whole gives what its
/// `state_dict()` gives. Numbers and texts at the top become metadata.
struct PyTorchTensorTree {
  private static let greatestDepth = 32
  private static let greatestNameByteCount = 1024

  private(set) var tensors: [(name: String, tensor: PickledTensor)] = []
  private(set) var metadata: [String: String] = [:]
  private(set) var notes: [String] = []
  private let machine: PickleMachine
  private let tensorHolders: [Bool]
  private var unreadable: [(name: String, kind: String)] = []

  init(_ machine: PickleMachine, root: PickleValue) throws {
    self.machine = machine
    tensorHolders = machine.tensorHolders()
    noteScalars(of: root)
    try flatten(root)
    notes = unreadableNotes + callNotes
  }

  private func pairs(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)] {
    guard case .node(let index) = value else { return [] }
    let items = machine.nodes[index].items
    switch machine.nodes[index].kind {
    case .dictionary, .object:
      return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
    default: return []
    }
  }

  private mutating func noteScalars(of value: PickleValue) {
    guard machine.items(value, .dictionary) != nil else { return }
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
    // Each node once, and some twice: what is shared may be reached in several ways.
    var remainingVisits = 100_000 + 2 * machine.nodes.count
    var names: Set<String> = []
    while let (value, name, depth) = pending.popLast() {
      guard case .node(let index) = value else { continue }
      switch machine.nodes[index].kind {
      case .tensor(let number):
        let name = name.isEmpty ? "tensor" : name
        // As in Python, the last of two equal keys counts; it is visited first.
        if names.insert(name).inserted { tensors.append((name, machine.tensors[number])) }
      case .unreadable(let kind): unreadable.append((name, kind))
      default:
        remainingVisits -= machine.nodes[index].items.count(where: \.isNode)
        guard remainingVisits >= 0, depth <= Self.greatestDepth else { throw excess(at: name) }
        let prefix = name.isEmpty ? "" : name + "."
        for (key, child) in children(index) {
          guard prefix.utf8.count + key.utf8.count <= Self.greatestNameByteCount else {
            throw excess(at: prefix)
          }
          pending.append((child, prefix + key, depth + 1))
        }
      }
    }
  }

  private func excess(at name: String) -> WeightFileError {
    machine.bytes.unsupported(
      "the saved object is nested deeper or larger than any model (at '\(name.prefix(80))'); "
        + "save only model.state_dict()")
  }

  /// The containers and tensors in a node, by key.
  private func children(_ index: Int) -> [(String, PickleValue)] {
    let node = machine.nodes[index]
    switch node.kind {
    case .list, .tuple:
      return node.items.enumerated().filter(\.element.isNode).map { (String($0), $1) }
    case .dictionary: return named(pairs(.node(index)))
    case .object:
      let pairs = pairs(.node(index))
      // Only objects may refer to themselves in files that people have.
      return moduleChildren(pairs) ?? named(pairs).filter { holdsTensor($0.1) }
    default: return []
    }
  }

  private func named(
    _ pairs: [(key: PickleValue, value: PickleValue)]
  ) -> [(String, PickleValue)] {
    pairs.compactMap { key, value in
      guard value.isNode else { return nil }
      return switch key {
      case .text(let text): (text, value)
      case .integer(let number): (String(number), value)
      // Lightning's callbacks, before they got names.
      case .global(.foreign(let name)): (name, value)
      default: nil
      }
    }
  }

  /// What is in a `torch.nn.Module`, or nil where these aren't the attributes of one.
  private func moduleChildren(
    _ attributes: [(key: PickleValue, value: PickleValue)]
  ) -> [(String, PickleValue)]? {
    func value(_ name: String) -> PickleValue? {
      attributes.last { $0.key == .text(name) }?.value
    }
    guard let parameters = value("_parameters"), let buffers = value("_buffers"),
      let modules = value("_modules")
    else { return nil }
    let transient = value("_non_persistent_buffers_set").flatMap { machine.items($0, .set) } ?? []
    let persistent = pairs(buffers).filter { !transient.contains($0.key) }
    return named(pairs(parameters) + persistent + pairs(modules)).filter { holdsTensor($0.1) }
  }

  private func holdsTensor(_ value: PickleValue) -> Bool {
    if case .node(let index) = value { tensorHolders[index] } else { false }
  }

  private var unreadableNotes: [String] {
    guard let first = unreadable.first else { return [] }
    let others = unreadable.count > 1 ? " and \(unreadable.count - 1) others are" : " is"
    return [
      "\(first.name)\(others) left out: Graft reads no tensors of the kind \(first.kind)"
    ]
  }

  private var callNotes: [String] {
    let names = machine.uncalledFunctions.sorted()
    guard !names.isEmpty else { return [] }
    let more = names.count > 3 ? ", ..." : ""
    return [
      "the file asks Python to call \(names.prefix(3).joined(separator: ", "))\(more); "
        + "nothing was called, and what the calls would give is left out"
    ]
  }
}

extension PickleMachine {
  /// For each node, whether a tensor is reached from it.
  fileprivate func tensorHolders() -> [Bool] {
    var holders = [Bool](repeating: false, count: nodes.count)
    var parents = [[Int32]](repeating: [], count: nodes.count)
    var pending: [Int] = []
    for (index, node) in nodes.enumerated() {
      for case .node(let child) in node.items { parents[child].append(Int32(index)) }
      switch node.kind {
      case .tensor, .unreadable:
        holders[index] = true
        pending.append(index)
      default: break
      }
    }
    while let index = pending.popLast() {
      for parent in parents[index] where !holders[Int(parent)] {
        holders[Int(parent)] = true
        pending.append(Int(parent))
      }
    }
    return holders
  }
}

extension PickleValue {
  fileprivate var isNode: Bool {
    if case .node = self { true } else { false }
  }
}
