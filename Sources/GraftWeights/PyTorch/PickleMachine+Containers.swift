extension PickleMachine {
  /// Makes and fills lists, tuples, sets and dictionaries.
  mutating func executeContainer(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .emptyList: try pushNode(.list)
    case .emptyDictionary: try pushNode(.dictionary)
    case .emptySet: try pushNode(.set)
    case .emptyTuple: try pushNode(.tuple)
    case .tuple1: try pushNode(.tuple, popItems(1))
    case .tuple2: try pushNode(.tuple, popItems(2))
    case .tuple3: try pushNode(.tuple, popItems(3))
    case .tuple: try pushNode(.tuple, popToMark())
    case .list: try pushNode(.list, popToMark())
    case .frozenSet: try pushNode(.set, popToMark())
    case .dictionary: try pushNode(.dictionary, pairs(popToMark()))
    case .append: try fill(.list, by: popItems(1))
    case .appends: try fill(.list, by: popToMark())
    case .addItems: try fill(.set, by: popToMark())
    case .setItem: try fill(.dictionary, by: popItems(2))
    default: try fill(.dictionary, by: pairs(popToMark()))
    }
  }

  /// Adds to the container on top of the stack, or to an object of a class made from such a one.
  private mutating func fill(_ kind: PickleNode.Kind, by items: [PickleValue]) throws {
    guard case .node(let index) = try top() else { throw noContainer }
    switch nodes[index].kind {
    case kind: try extend(index, by: items)
    case .object:
      let isDictionary = kind == .dictionary
      try extend(index, by: isDictionary ? items : numbered(items, after: index))
    default: throw noContainer
    }
  }

  /// Items as attributes that have numbers for names.
  func numbered(_ items: [PickleValue], after index: Int? = nil) -> [PickleValue] {
    let first = index.map { nodes[$0].items.count / 2 } ?? 0
    return items.enumerated().flatMap { [.integer(first + $0), $1] }
  }

  private var noContainer: WeightFileError {
    bytes.malformed("the pickle fills a container that is none; fetch the file again")
  }

  private func pairs(_ items: [PickleValue]) throws -> [PickleValue] {
    guard items.count.isMultiple(of: 2) else {
      throw bytes.malformed("the pickle has a key without a value; fetch the file again")
    }
    return items
  }
}
