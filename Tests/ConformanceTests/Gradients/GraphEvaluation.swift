import GraftGraph
import GraftRuntime

/// Something that computes the results of single operations.
protocol OperationEvaluator {
  associatedtype Tensor
  func evaluate(_ operation: any GraftGraph.Operation, _ operands: [Tensor]) throws -> [Tensor]
}

extension Graph {
  /// Computes every node with `evaluator` and returns the values asked for.
  func evaluate<Evaluator: OperationEvaluator>(
    with evaluator: Evaluator, inputs: [Value: Evaluator.Tensor], returning wanted: [Value]
  ) throws -> [Evaluator.Tensor] {
    var known = inputs
    for (index, node) in nodes.enumerated() {
      guard let operation = node.operation else { continue }
      let operands = node.operands.compactMap { known[$0] }
      for (position, tensor) in try evaluator.evaluate(operation, operands).enumerated() {
        known[Value(node: index, result: position)] = tensor
      }
    }
    return wanted.compactMap { known[$0] }
  }
}

/// Computes in double precision, by the definitions.
struct ReferenceEvaluator: OperationEvaluator {
  func evaluate(
    _ operation: any GraftGraph.Operation, _ operands: [ReferenceTensor]
  ) throws -> [ReferenceTensor] {
    guard let reference = operation as? any ReferenceOperation else {
      throw MissingReference(operation: operation.name)
    }
    return reference.evaluate(operands)
  }

  struct MissingReference: Error { let operation: String }
}

/// Computes on a device, each operation by the device's first choice.
struct DeviceEvaluator<D: Device>: OperationEvaluator {
  let device: D

  func evaluate(
    _ operation: any GraftGraph.Operation, _ operands: [HostTensor]
  ) throws -> [HostTensor] {
    let types = operands.map(\.type)
    let results = try operation.resultTypes(for: types)
    if operation is any ViewOperation {
      return [HostTensor(results[0], bytes: operands[0].bytes)]
    }
    let problem = Problem(operation: operation, operands: types, results: results)
    guard let lowering = try device.candidates(for: problem).first else {
      throw UnsupportedOperation(operation: operation, deviceName: device.name)
    }
    let bound = try BoundCandidate(
      lowering, problem, on: device, operands: operands, aliases: [:], overwrites: [])
    return bound.results(in: try bound.run(.notANumber).after, types: results)
  }
}
