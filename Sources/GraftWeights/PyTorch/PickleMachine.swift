/// Reads one pickle, protocols 2 to 5, as far as `torch.save` and data classes use them.
///
/// A pickle is a program for a stack machine. This machine knows only the instructions that build
/// data; of a function or class it knows the name, and what the few that stand for tensors and
/// containers mean (`PickleGlobal`). Nothing is ever executed.
///
/// Source: CPython's `Lib/pickletools.py`.
struct PickleMachine {
  private(set) var nodes: [PickleNode] = []
  private(set) var storages: [PickledStorage] = []
  private(set) var tensors: [PickledTensor] = []
  /// The functions that Python would have called and that are no classes by their names.
  var uncalledFunctions: Set<String> = []
  var cursor: ByteCursor
  var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var budget: PickleBudget
  let what = "the pickle"

  /// - Parameter packedByteCount: What the bytes take in the file, where they are compressed there.
  init(_ cursor: ByteCursor, packedByteCount: Int? = nil) {
    self.cursor = cursor
    budget = PickleBudget(byteCount: packedByteCount ?? cursor.bytes.count)
  }

  var bytes: ByteView { cursor.bytes }

  /// Runs up to the pickle's end and returns its value; the cursor then stands behind it.
  mutating func run() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      let code = try cursor.read(UInt8.self, what)
      guard let instruction = PickleInstruction(rawValue: code) else {
        throw bytes.unsupported(
          "the pickle uses the instruction \(code), which torch.save never writes")
      }
      if instruction == .stop { return try pop() }
      try execute(instruction)
    }
  }

  /// The items of a container, or nil if the value is none of this kind.
  func items(_ value: PickleValue, _ kind: PickleNode.Kind) -> [PickleValue]? {
    guard case .node(let index) = value, nodes[index].kind == kind else { return nil }
    return nodes[index].items
  }

  mutating func push(_ value: PickleValue) throws {
    try charge(1)
    stack.append(value)
  }

  mutating func pushNode(_ kind: PickleNode.Kind, _ items: [PickleValue] = []) throws {
    try push(makeNode(kind, items))
  }

  mutating func makeNode(
    _ kind: PickleNode.Kind, _ items: [PickleValue] = []
  ) throws -> PickleValue {
    try charge(items.count, bytes: MemoryLayout<PickleNode>.stride + 32)
    nodes.append(PickleNode(kind: kind, items: items))
    return .node(nodes.count - 1)
  }

  mutating func makeStorage(_ storage: PickledStorage) throws -> PickleValue {
    try charge(0, bytes: MemoryLayout<PickledStorage>.stride)
    storages.append(storage)
    return try makeNode(.storage(storages.count - 1))
  }

  mutating func makeTensor(_ tensor: PickledTensor) throws -> PickleValue {
    try charge(2 * tensor.extents.count, bytes: MemoryLayout<PickledTensor>.stride)
    tensors.append(tensor)
    return try makeNode(.tensor(tensors.count - 1))
  }

  /// Makes another of a node, which all references to it see.
  mutating func change(_ index: Int, to kind: PickleNode.Kind) { nodes[index].kind = kind }

  /// Adds items to a container or an object.
  mutating func extend(_ index: Int, by items: [PickleValue]) throws {
    try charge(items.count)
    nodes[index].items += items
  }

  mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw bytes.malformed("the pickle takes a value that is not there; fetch the file again")
    }
    return value
  }

  func top() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw bytes.malformed("the pickle needs a value that is not there; fetch the file again")
    }
    return value
  }

  mutating func popItems(_ count: Int) throws -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else {
      throw bytes.malformed("the pickle takes values that are not there; fetch the file again")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else {
      throw bytes.malformed("the pickle ends a group that never began; fetch the file again")
    }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  /// Accounts for memory before it is taken.
  mutating func charge(_ valueCount: Int, bytes byteCount: Int = 0) throws {
    guard budget.take(values: valueCount, bytes: byteCount) else {
      throw bytes.unsupported(
        "the pickle asks for more memory than that of any model of its size; "
          + "save only model.state_dict()")
    }
  }

  private mutating func execute(_ instruction: PickleInstruction) throws {
    switch instruction.group {
    case .structure: try executeStructure(instruction)
    case .literal: try push(literal(instruction))
    case .container: try executeContainer(instruction)
    case .object: try executeObject(instruction)
    }
  }

  private mutating func executeStructure(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .protocol: try cursor.skip(1, what)
    case .frame: try cursor.skip(8, what)
    case .mark:
      try charge(1)
      marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .duplicate: try push(top())
    case .put8: try remember(Int(cursor.read(UInt8.self, what)))
    case .put32: try remember(Int(cursor.read(UInt32.self, what)))
    case .memoize: try remember(memo.count)
    case .get8: try recall(Int(try cursor.read(UInt8.self, what)))
    default: try recall(Int(try cursor.read(UInt32.self, what)))
    }
  }

  private mutating func remember(_ key: Int) throws {
    // A dictionary keeps about half of its places free.
    try charge(2, bytes: 2 * MemoryLayout<Int>.stride)
    memo[key] = try top()
  }

  private mutating func recall(_ key: Int) throws {
    guard let value = memo[key] else {
      throw bytes.malformed("the pickle recalls what it never said; fetch the file again")
    }
    try push(value)
  }
}
