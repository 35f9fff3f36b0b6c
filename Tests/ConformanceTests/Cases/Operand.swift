import GraftGraph

/// What an operand of a case is: its type and what its elements are drawn from.
struct Operand: Sendable {
  let type: TensorType
  let values: Values

  init(_ shape: Shape, _ values: Values = .uniform(-1...1)) {
    self.type = TensorType(shape)
    self.values = values
  }

  init(_ type: TensorType, _ values: Values) {
    (self.type, self.values) = (type, values)
  }

  /// The seeds of a dropout: those of the first sample, and others made of them for the rest.
  static func seeds(_ first: Int32, _ second: Int32, samples: Int) -> Operand {
    let rows = (0..<Int32(samples)).flatMap { [first &+ 40_503 &* $0, second ^ (7919 &* $0)] }
    return Operand(TensorType([samples, 2], .int32), .integers(rows))
  }

  /// What the elements of an operand are drawn from.
  indirect enum Values: Sendable {
    case uniform(ClosedRange<Float>)
    /// These, over and over.
    case repeating([Float])
    /// Whole numbers: many are equal, so that ties and kinks are met.
    case whole(ClosedRange<Int>)
    /// No two within 1/100 of each other: nothing that a small step could tie.
    case distinct
    /// Not negative, each row summing to 1.
    case probabilities
    /// What an operation makes of operands before this one, by their positions.
    case computed(any ReferenceOperation, of: [Int], result: Int)
    /// The activation of others.
    case activated(Activation, Values)
    /// Exactly these numbers.
    case integers([Int32])
  }

  /// The operand's elements, those of the operands before it being `earlier`.
  func makeTensor(
    _ numbers: inout RandomNumbers, after earlier: [HostTensor]
  ) -> HostTensor {
    switch values {
    case .integers(let integers): return HostTensor(type.shape, integers)
    case .computed(let operation, let positions, let result):
      let operands = positions.map { ReferenceTensor(earlier[$0]) }
      return operation.evaluate(operands)[result].rounded
    default: return HostTensor(type.shape, values.makeFloats(type.shape, &numbers))
    }
  }
}

extension Operand.Values {
  fileprivate func makeFloats(_ shape: Shape, _ numbers: inout RandomNumbers) -> [Float] {
    let indices = 0..<shape.count
    switch self {
    case .uniform(let range): return indices.map { _ in Float.random(in: range, using: &numbers) }
    case .repeating(let list): return indices.map { list[$0 % list.count] }
    case .whole(let range):
      return indices.map { _ in Float(Int.random(in: range, using: &numbers)) }
    case .distinct:
      let middle = Float(shape.count) / 2
      return indices.shuffled(using: &numbers).map { (Float($0) - middle) / 50 + 0.003 }
    case .probabilities:
      let width = shape.extents.last ?? 1
      let raw = indices.map { _ in Float.random(in: 0...1, using: &numbers) }
      let sums = stride(from: 0, to: raw.count, by: width).map {
        raw[$0..<$0 + width].reduce(0, +)
      }
      return indices.map { raw[$0] / sums[$0 / width] }
    case .activated(let activation, let values):
      return values.makeFloats(shape, &numbers).map { Float(activation.value(at: Double($0))) }
    case .computed, .integers: return []
    }
  }
}
