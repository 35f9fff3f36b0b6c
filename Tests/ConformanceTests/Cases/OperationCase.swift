import GraftGraph
import Testing

/// One operation on operands of given types and values: a row of the table that every device must
/// get right.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let operation: any ReferenceOperation
  let operands: [Operand]
  /// The sets of operands that are declared constant, one after another.
  let constantOperands: [Set<Int>]
  /// Operands that are another operand once more: the value of a key is the operand of its value.
  let aliases: [Int: Int]
  /// The operands whose gradient is checked too.
  let differentiatedOperands: [Int]

  init(
    _ operation: any ReferenceOperation, _ operands: [Operand],
    constantOperands: [Set<Int>] = [[]], aliases: [Int: Int] = [:], differentiating: [Int] = []
  ) {
    (self.operation, self.operands, self.aliases) = (operation, operands, aliases)
    (self.constantOperands, differentiatedOperands) = (constantOperands, differentiating)
  }

  /// The operation and the shapes, without the names of modules.
  var testDescription: String {
    let text = "\(operation)".split(separator: "GraftGraph.").joined()
    let shapes = operands.map { "\($0.type.shape)" }.joined(separator: ", ")
    return "\(text) of [\(shapes)]\(aliases.isEmpty ? "" : " aliased")"
  }

  /// About how many multiplications or elements it takes.
  var work: Int {
    let results = (try? operation.resultTypes(for: operands.map(\.type))) ?? []
    let counts = (operands.map(\.type) + results).map(\.shape.count)
    switch operation {
    case is MatrixProduct, is Convolution, is ConvolutionInputGradient,
      is ConvolutionKernelGradient:
      return Int((Double(counts[0]) * Double(counts[1]) * Double(counts.last ?? 1)).squareRoot())
    default: return counts.reduce(0, +)
    }
  }

  /// The elements of the operands: the same whenever and wherever they are asked for.
  func makeOperands() -> [HostTensor] {
    var numbers = RandomNumbers(seed: testDescription)
    var tensors: [HostTensor] = []
    for (index, operand) in operands.enumerated() {
      tensors.append(
        aliases[index].map { tensors[$0] } ?? operand.makeTensor(&numbers, after: tensors))
    }
    return tensors
  }

  /// The results in double precision.
  func makeReference(_ operands: [HostTensor]) -> [ReferenceTensor] {
    operation.evaluate(operands.map { ReferenceTensor($0) })
  }
}
