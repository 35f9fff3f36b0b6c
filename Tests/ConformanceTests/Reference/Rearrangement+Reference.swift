import GraftGraph

extension Shape {
  /// The position of each axis of the element at `index` of a tensor of this shape.
  fileprivate func position(of index: Int) -> [Int] {
    var rest = index
    var position = extents
    for axis in extents.indices.reversed() {
      position[axis] = rest % extents[axis]
      rest /= extents[axis]
    }
    return position
  }

  /// Where the element at `position` lies in a tensor of this shape.
  fileprivate func index(of position: [Int]) -> Int {
    zip(extents, position).reduce(0) { $0 * $1.0 + $1.1 }
  }
}

extension Reshape: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor(shape, operands[0].values)]
  }
}

extension Concatenation: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    var shape = operands[0].shape
    shape.extents[axis] = operands.reduce(0) { $0 + $1.shape[axis] }
    var values = Array(repeating: 0.0, count: shape.count)
    var start = 0
    for operand in operands {
      for (index, value) in operand.values.enumerated() {
        var position = operand.shape.position(of: index)
        position[axis] += start
        values[shape.index(of: position)] = value
      }
      start += operand.shape[axis]
    }
    return [ReferenceTensor(shape, values)]
  }
}

extension Slice: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let values = (0..<shape.count).map { index in
      let position = zip(shape.position(of: index), starts).map { $0 + $1 }
      return operands[0].values[operands[0].shape.index(of: position)]
    }
    return [ReferenceTensor(shape, values)]
  }
}

extension Padding: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let inner = operands[0].shape
    let shape = Shape(inner.extents.indices.map { before[$0] + inner[$0] + after[$0] })
    var values = Array(repeating: Double(value), count: shape.count)
    for (index, value) in operands[0].values.enumerated() {
      let position = zip(inner.position(of: index), before).map { $0 + $1 }
      values[shape.index(of: position)] = value
    }
    return [ReferenceTensor(shape, values)]
  }
}
