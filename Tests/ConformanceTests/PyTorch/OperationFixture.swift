import GraftGraph
import Testing

/// An operation on which PyTorch's results and gradients are known.
struct OperationFixture: Sendable, CustomTestStringConvertible {
  /// The name of the case in the file.
  let name: String
  let operation: any ReferenceOperation

  init(_ name: String, _ operation: any ReferenceOperation) {
    (self.name, self.operation) = (name, operation)
  }

  var testDescription: String { name }

  /// What PyTorch was given, and what it made of it.
  struct Content {
    let operands: [HostTensor]
    let results: [Int: HostTensor]
    /// The gradients of operands, by their positions.
    let gradients: [Int: HostTensor]
    let resultGradient: HostTensor?
  }

  func content() throws -> Content {
    let file = try FixtureFile.operations.get()
    let operands = file.tensors("operand", of: name).sorted { $0.key < $1.key }.map(\.value)
    let results = file.tensors("result", of: name)
    try #require(!operands.isEmpty && !results.isEmpty, "the file has no case \(name)")
    return Content(
      operands: operands, results: results, gradients: file.tensors("gradient", of: name),
      resultGradient: file.tensor("upstream", of: name))
  }
}

/// What is computed from a fixture, and how far that may be from what PyTorch computed.
struct FixtureCheck {
  let fixture: OperationFixture
  let content: OperationFixture.Content
  private let graph: GradientGraph
  private let references: (results: [ReferenceTensor], gradients: [ReferenceTensor])

  init(_ fixture: OperationFixture) throws {
    self.fixture = fixture
    content = try fixture.content()
    graph = try GradientGraph(
      of: fixture.operation, operands: content.operands.map(\.type),
      withRespectTo: content.gradients.keys.sorted())
    references = try graph.evaluate(
      with: ReferenceEvaluator(), content.operands.map { ReferenceTensor($0) },
      resultGradient: ReferenceTensor(Self.resultGradient(content)))
  }

  /// Where the double-precision definitions differ from PyTorch.
  func findingsOnDefinition() -> [String] {
    findings(references.results.map(\.rounded), references.gradients.map(\.rounded))
  }

  /// Where a device differs from PyTorch.
  func findings(on device: DeviceUnderTest) throws -> [String] {
    let (results, gradients) = try device.evaluate(
      graph, content.operands, resultGradient: Self.resultGradient(content))
    return findings(results, gradients).map { "\(device.label), \(fixture.name): \($0)" }
  }

  private static func resultGradient(_ content: OperationFixture.Content) -> HostTensor {
    content.resultGradient ?? content.results[0] ?? content.operands[0]
  }

  private func findings(_ results: [HostTensor], _ gradients: [HostTensor]) -> [String] {
    let ofResults = content.results.compactMap { index, expected in
      references.results[index].with(expected).disagreement(with: results[index]).map {
        "result \(index) \($0)"
      }
    }
    let ofGradients = content.gradients.keys.sorted().enumerated().compactMap { index, operand in
      content.gradients[operand].flatMap {
        references.gradients[index].spreadingMagnitudes().with($0)
          .disagreement(with: gradients[index])
      }.map { "gradient of operand \(operand) \($0)" }
    }
    return ofResults + ofGradients
  }
}

extension ReferenceTensor {
  /// The values of another implementation, with these magnitudes.
  fileprivate func with(_ tensor: HostTensor) -> ReferenceTensor {
    ReferenceTensor(tensor.type.shape, tensor.doubles, magnitudes: magnitudes)
  }
}
