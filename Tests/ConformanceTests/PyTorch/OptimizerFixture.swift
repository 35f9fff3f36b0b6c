import Foundation
import GraftGraph
import GraftRuntime
import Testing

/// Several steps of an optimizer, of which PyTorch's parameters are known.
struct OptimizerFixture: Sendable, CustomTestStringConvertible {
  let name: String
  let update: any ReferenceOperation
  var testDescription: String { name }

  static let all: [OptimizerFixture] = [
    ("sgd", SGDUpdate()), ("sgd-decay", SGDUpdate(weightDecay: 0.01)),
    ("momentum", SGDUpdate(momentum: 0.9)),
    ("nesterov", SGDUpdate(momentum: 0.9, isNesterov: true, weightDecay: 0.01)),
    ("adam", AdamUpdate()), ("adam-decay", AdamUpdate(weightDecay: 0.05)),
    ("adamw", AdamUpdate(weightDecay: 0.05, isDecoupled: true)),
  ].map { OptimizerFixture(name: "optimizer.\($0)", update: $1) }

  /// How the parameters that `evaluator` reaches differ from PyTorch's, step by step.
  func findings<Evaluator: OperationEvaluator>(
    with evaluator: Evaluator, load: (HostTensor) -> Evaluator.Tensor,
    store: (Evaluator.Tensor) -> HostTensor
  ) throws -> [String] {
    let file = try FixtureFile.operations.get()
    let start = try #require(file.tensor("parameter", of: name))
    let gradients = try #require(file.tensor("gradients", of: name))
    let history = try #require(file.tensor("history", of: name))
    let count = start.type.shape.count
    let moments = HostTensor([count], Array(repeating: Float(0), count: count))
    var parameter = load(start)
    var state = Array(repeating: load(moments), count: update.resultCount - 1)
    var findings: [String] = []
    for step in 0..<gradients.type.shape[0] {
      let range = step * count..<(step + 1) * count
      let gradient = HostTensor([count], Array(gradients.floats[range]))
      let operands =
        [parameter, load(gradient)] + controls(step: step + 1).map(load) + state
      let results = try evaluator.evaluate(update, operands)
      (parameter, state) = (results[0], Array(results.dropFirst()))
      let expected = ReferenceTensor([count], Array(history.doubles[range]))
      // The rate is 0.1: no step moves an element by much more.
      let moving = ReferenceTensor(
        expected.shape, expected.values,
        magnitudes: expected.magnitudes.map { $0 + 0.1 * Double(step + 1) })
      if let finding = moving.disagreement(with: store(parameter)) {
        findings.append("\(name), step \(step + 1): \(finding)")
      }
    }
    return findings
  }

  /// The learning rate and, for Adam, the corrections of a step counted from 1.
  private func controls(step: Int) -> [HostTensor] {
    let rate = HostTensor([1], [Float(0.1)])
    guard let adam = update as? AdamUpdate else { return [rate] }
    let corrections = [adam.beta1, adam.beta2].map { Float(1 - pow(Double($0), Double(step))) }
    return [rate, HostTensor([2], corrections)]
  }
}

extension DeviceUnderTest {
  /// How the parameters reached on this device differ from PyTorch's.
  func findings(for fixture: OptimizerFixture) throws -> [String] {
    func findings<D: Device>(on device: D) throws -> [String] {
      try fixture.findings(with: DeviceEvaluator(device: device), load: { $0 }, store: { $0 })
    }
    return try findings(on: device)
  }
}
