/// Reads one pickle, protocols 2 to 5, as far as `torch.save` uses them.
///
/// A pickle is a program for a stack machine. This machine knows only the instructions that build
/// plain data; a function or class is looked up in the list of `PickleGlobal`, and one that is not
/// there ends the reading before anything else happens. Nothing is ever executed.
///
/// Source: CPython's `Lib/pickletools.py`.
struct PickleMachine {
  /// Far above any model's; bounds memory and time for a hostile file.
  private static let greatestInstructionCount = 20_000_000

  private(set) var nodes: [PickleNode] = []
  var cursor: ByteCursor
  var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var copiedItemCount = 0
  private let what = "the pickle"

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  var bytes: ByteView { cursor.bytes }

  /// Runs up to the pickle's end and returns its value; the cursor then stands behind it.
  mutating func run() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    for _ in 0..<Self.greatestInstructionCount {
      let code = try cursor.read(UInt8.self, what)
      guard let instruction = PickleInstruction(rawValue: code) else {
        throw bytes.unsupported(
          "the pickle uses the instruction \(code), which torch.save never writes")
      }
      if instruction == .stop { return try pop() }
      try execute(instruction)
    }
    throw bytes.unsupported("the pickle is longer than that of any model")
  }

  /// The items of a container, or nil if the value is none of this kind.
  func items(_ value: PickleValue, _ kind: PickleNode.Kind) -> [PickleValue]? {
    guard case .node(let index) = value, nodes[index].kind == kind else { return nil }
    return nodes[index].items
  }

  mutating func push(_ kind: PickleNode.Kind, _ items: [PickleValue] = []) {
    stack.append(makeNode(kind, items))
  }

  mutating func makeNode(_ kind: PickleNode.Kind, _ items: [PickleValue] = []) -> PickleValue {
    nodes.append(PickleNode(kind: kind, items: items))
    return .node(nodes.count - 1)
  }

  mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw bytes.malformed("the pickle takes a value that is not there; fetch the file again")
    }
    return value
  }

  /// Accounts for items that one short instruction copies, which would otherwise be unbounded.
  mutating func charge(_ itemCount: Int) throws {
    copiedItemCount += itemCount
    guard copiedItemCount <= Self.greatestInstructionCount else {
      throw bytes.unsupported("the pickle copies more than that of any model")
    }
  }

  private mutating func execute(_ instruction: PickleInstruction) throws {
    switch instruction.group {
    case .structure: try executeStructure(instruction)
    case .literal: stack.append(try literal(instruction))
    case .container: try executeContainer(instruction)
    case .object: try executeObject(instruction)
    }
  }

  private mutating func executeStructure(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .protocol: try cursor.skip(1, what)
    case .frame: try cursor.skip(8, what)
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .duplicate:
      let value = try pop()
      stack += [value, value]
    case .put8: memo[Int(try cursor.read(UInt8.self, what))] = try top()
    case .put32: memo[Int(try cursor.read(UInt32.self, what))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get8: try recall(Int(try cursor.read(UInt8.self, what)))
    default: try recall(Int(try cursor.read(UInt32.self, what)))
    }
  }

  private mutating func literal(_ instruction: PickleInstruction) throws -> PickleValue {
    switch instruction {
    case .none: return .none
    case .true: return .boolean(true)
    case .false: return .boolean(false)
    case .integer8: return .integer(Int(try cursor.read(UInt8.self, what)))
    case .integer16: return .integer(Int(try cursor.read(UInt16.self, what)))
    case .integer32: return .integer(Int(try cursor.read(Int32.self, what)))
    case .long8: return try integer(ofByteCount: Int(try cursor.read(UInt8.self, what)))
    case .long32: return try integer(ofByteCount: cursor.readSize(Int32.self, what))
    case .real:
      return .real(Double(bitPattern: try cursor.read(UInt64.self, what).byteSwapped))
    case .text8: return try text(Int(try cursor.read(UInt8.self, what)))
    case .text32: return try text(Int(try cursor.read(UInt32.self, what)))
    case .text64: return try text(cursor.readSize(UInt64.self, what))
    case .oldText8: return try oldText(Int(try cursor.read(UInt8.self, what)))
    case .oldText32: return try oldText(cursor.readSize(Int32.self, what))
    case .bytes8: try cursor.skip(Int(try cursor.read(UInt8.self, what)), what)
    case .bytes32: try cursor.skip(Int(try cursor.read(UInt32.self, what)), what)
    default: try cursor.skip(cursor.readSize(UInt64.self, what), what)
    }
    return .opaque
  }

  private mutating func executeContainer(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .emptyList: push(.list)
    case .emptyDictionary: push(.dictionary)
    case .emptySet: push(.set)
    case .emptyTuple: push(.tuple)
    case .tuple1: push(.tuple, try popItems(1))
    case .tuple2: push(.tuple, try popItems(2))
    case .tuple3: push(.tuple, try popItems(3))
    case .tuple: push(.tuple, try popToMark())
    case .list: push(.list, try popToMark())
    case .frozenSet: push(.set, try popToMark())
    case .dictionary: push(.dictionary, try pairs(popToMark()))
    case .append: try extend(.list, by: popItems(1))
    case .appends: try extend(.list, by: popToMark())
    case .addItems: try extend(.set, by: popToMark())
    case .setItem: try extend(.dictionary, by: popItems(2))
    default: try extend(.dictionary, by: pairs(popToMark()))
    }
  }

  private mutating func extend(_ kind: PickleNode.Kind, by items: [PickleValue]) throws {
    guard case .node(let index) = try top(), nodes[index].kind == kind else {
      throw bytes.malformed("the pickle fills a container that is none; fetch the file again")
    }
    nodes[index].items += items
  }

  private func pairs(_ items: [PickleValue]) throws -> [PickleValue] {
    guard items.count.isMultiple(of: 2) else {
      throw bytes.malformed("the pickle has a key without a value; fetch the file again")
    }
    return items
  }

  private mutating func popItems(_ count: Int) throws -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else {
      throw bytes.malformed("the pickle takes values that are not there; fetch the file again")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else {
      throw bytes.malformed("the pickle misses a mark; fetch the file again")
    }
    return try popItems(stack.count - mark)
  }

  private func top() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw bytes.malformed("the pickle needs a value that is not there; fetch the file again")
    }
    return value
  }

  private mutating func recall(_ key: Int) throws {
    guard let value = memo[key] else {
      throw bytes.malformed("the pickle recalls what it never said; fetch the file again")
    }
    stack.append(value)
  }

  private mutating func text(_ byteCount: Int) throws -> PickleValue {
    .text(try cursor.slice(byteCount, what).text("a text in the pickle"))
  }

  /// A string of Python 2, which wrote many of the older weight files.
  private mutating func oldText(_ byteCount: Int) throws -> PickleValue {
    let bytes = try cursor.slice(byteCount, what)
    return (try? bytes.text("")).map { .text($0) } ?? .opaque
  }

  /// A little-endian two's complement integer of any length.
  private mutating func integer(ofByteCount byteCount: Int) throws -> PickleValue {
    let digits = try cursor.slice(byteCount, what)
    guard byteCount <= 8 else { return .opaque }
    return digits.withUnsafeBytes { digits in
      let isNegative = (digits.last ?? 0) & 0x80 != 0
      return .integer(
        digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }
  }
}
