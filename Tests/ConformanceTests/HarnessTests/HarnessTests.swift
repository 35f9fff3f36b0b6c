import GraftGraph
import Testing

/// The harness must accept a device that does everything right, and notice each thing that can be
/// wrong.
@Suite struct HarnessTests {
  private static let test = OperationCase(
    Combine(.add), [Operand([3, 17], .uniform(1...2)), Operand([3, 17], .uniform(1...2))],
    constantOperands: [[], [1]])

  @Test func acceptsADeviceWithoutFlaws() throws {
    let device = DeviceUnderTest(label: "plain", device: PlainDevice())
    #expect(try device.findings(for: Self.test).isEmpty)
  }

  @Test(arguments: PlainDevice.Flaw.allCases)
  func noticesEachFlaw(_ flaw: PlainDevice.Flaw) throws {
    let device = DeviceUnderTest(label: "flawed", device: PlainDevice(flaw: flaw))
    #expect(try !device.findings(for: Self.test).isEmpty)
  }

  /// Sums in double precision, each rounded to single once: no naive kernel can do better.
  @Test(arguments: OperationCase.normalizedShapes.filter { $0.count / $0.extents[$0.rank - 1] > 9 })
  func noticesANaiveVariance(_ shape: Shape) throws {
    let channels = shape.extents[shape.rank - 1]
    let parameter = Operand([channels])
    let test = OperationCase(
      BatchNormalizationTraining(epsilon: 1e-5),
      [Operand(shape, OperationCase.farFromZero), parameter, parameter])
    let operands = test.makeOperands()
    let naive = (0..<channels).map { channel in
      let values = stride(from: channel, to: shape.count, by: channels).map {
        operands[0].doubles[$0]
      }
      let count = Double(values.count)
      let mean = Float(values.reduce(0, +) / count)
      return Float(values.reduce(0) { $0 + $1 * $1 } / count) - mean * mean
    }
    let variance = test.makeReference(operands)[2]
    #expect(variance.disagreement(with: HostTensor([channels], naive)) != nil)
  }

  @Test func noticesAWrongGradient() throws {
    let wrong = OperationCase(WrongSquare(), [Operand([3])], differentiating: [0])
    #expect(try !DifferenceCheck(wrong).findings().isEmpty)
  }
}

/// x², with a gradient rule that forgets the factor 2.
private struct WrongSquare: ReferenceOperation {
  func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] { operands }

  func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map { step.builder.apply(Combine(.multiply), to: $0, step.operands[0]) }
  }

  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor(operands[0].shape, operands[0].values.map { $0 * $0 })]
  }
}
