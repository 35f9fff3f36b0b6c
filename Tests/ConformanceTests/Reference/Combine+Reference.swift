import GraftGraph

extension Broadcast {
  /// Which element of the small tensor repeats at element `index` of the `large` one.
  func source(of index: Int, in large: Shape) -> Int {
    let channels = large.extents.last ?? 1
    switch self {
    case .same: return index
    case .channels: return index % channels
    case .sampleChannels: return index / (large.count / large[0]) * channels + index % channels
    case .scalar: return 0
    }
  }

  /// For each element of the `large` tensor, the element of the `small` one that repeats there.
  static func sources(from small: Shape, to large: Shape) -> [Int] {
    guard let broadcast = Broadcast(from: small, to: large) else {
      preconditionFailure("\(small) does not repeat to \(large)")
    }
    return (0..<large.count).map { broadcast.source(of: $0, in: large) }
  }
}

extension Combine: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (left, right) = (operands[0], operands[1])
    var sums = TermSums(count: left.values.count)
    let sources = Broadcast.sources(from: right.shape, to: left.shape)
    for (index, source) in sources.enumerated() {
      let (first, second) = (left.values[index], right.values[source])
      switch function {
      case .multiply: sums.add(first * second, at: index)
      case .add:
        sums.add(first, at: index)
        sums.add(second, at: index)
      case .subtract:
        sums.add(first, at: index)
        sums.add(-second, at: index)
      }
    }
    return [sums.tensor(left.shape)]
  }
}

extension Sum: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    var sums = TermSums(count: shape.count)
    let targets = Broadcast.sources(from: shape, to: operands[0].shape)
    for (index, target) in targets.enumerated() {
      sums.add(operands[0].values[index], at: target)
    }
    return [sums.tensor(shape)]
  }
}

extension Expand: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let sources = Broadcast.sources(from: operands[0].shape, to: shape)
    return [ReferenceTensor(shape, sources.map { operands[0].values[$0] })]
  }
}

extension Scale: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor(operands[0].shape, operands[0].values.map { $0 * Double(factor) })]
  }
}

extension Fill: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor(shape, Array(repeating: Double(value), count: shape.count))]
  }
}

extension SumOfSquares: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor([1], [operands[0].values.reduce(0) { $0 + $1 * $1 }])]
  }
}
