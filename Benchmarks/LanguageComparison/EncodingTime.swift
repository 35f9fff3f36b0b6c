package import Foundation
package import Graft
import GraftLanguage

/// How long a frozen encoder takes for a batch of texts that all have as many tokens.
package struct EncodingTime {
  /// The fastest of all runs, in seconds.
  package var seconds: Double
  /// What takes longest: algorithm, layer and seconds.
  package var steps: [(name: String, seconds: Double)]

  /// Measures `rounds` runs of the mean state of `batchSize` texts of `length` tokens.
  package init(
    of weights: URL, batchSize: Int, length: Int, rounds: Int, on device: any Device
  ) throws {
    var encoder = try TextEncoder(contentsOf: weights)
    encoder.length = length
    let store = ParameterStore()
    for (path, tensor) in encoder.weights?.tensors ?? [:] {
      store.set(path, shape: tensor.shape) { try tensor.load() }
    }
    let builder = GraphBuilder()
    let outputs = encoder.trace(
      encoder.inputs.inputs(batchSize: batchSize, of: builder), in: Scope(builder))
    outputs.ifPresent("mean").map { builder.output($0, as: "mean") }
    let graph = try builder.finish().pruned().epiloguesFused(trainable: [])
    let session = device.makeSession(parameters: store)
    let compiled = try session.compile(graph)
    let ids = (0..<batchSize * length).map { Int32(1000 + $0 * 7919 % 20_000) }
    try ids.withUnsafeBytes { try compiled.write($0, to: "input_ids") }
    try [Float](repeating: 1, count: ids.count).withUnsafeBytes {
      try compiled.write($0, to: "attention_mask")
    }
    if compiled.hasInput("token_type_ids") {
      try [Int32](repeating: 0, count: ids.count).withUnsafeBytes {
        try compiled.write($0, to: "token_type_ids")
      }
    }
    seconds = .infinity
    for _ in 0..<max(1, rounds) {
      let time = try ContinuousClock().measure {
        try compiled.run()
        try session.synchronize()
      }
      seconds = min(seconds, time / .seconds(1))
    }
    var totals: [String: Double] = [:]
    for step in try compiled.profile() {
      totals["\(step.operation.name) \(step.algorithm)", default: 0] += step.seconds
    }
    steps = totals.sorted { $0.value > $1.value }.map { ($0.key, $0.value) }
  }
}
