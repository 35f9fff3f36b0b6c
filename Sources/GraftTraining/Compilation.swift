import GraftData
import GraftGraph
import GraftRuntime

/// What a compiled graph is for.
enum Purpose: Hashable {
  case training, evaluation, extraction
  case prediction([String])
}

struct CompilationKey: Hashable {
  let purpose: Purpose
  let batchSize: Int
  /// What the samples consist of from which everything else follows.
  let samples: Signature
  /// What batches bring: the same, or what was computed of it ahead, and targets.
  let brought: Signature
}

/// A compiled graph with the host memory that feeding it takes.
final class Compilation {
  let graph: any CompiledGraph
  let mixesSamples: Bool
  private var buffers: [String: UnsafeMutableRawBufferPointer] = [:]

  init(_ graph: any CompiledGraph, mixesSamples: Bool) {
    self.graph = graph
    self.mixesSamples = mixesSamples
  }

  deinit { for buffer in buffers.values { buffer.deallocate() } }

  /// Sets an input, if the graph has it.
  func write<Element>(_ values: [Element], to name: String) throws {
    guard graph.hasInput(name) else { return }
    try values.withUnsafeBytes { try graph.write($0, to: name) }
  }

  /// Sets what the dropouts of each sample follow from; places without a sample may drop anything.
  func writeSeeds(of identities: [UInt64], epoch: Int, seed: UInt64) throws {
    guard let type = graph.type(of: TensorName.seeds) else { return }
    var seeds = [UInt32](repeating: 0, count: type.shape.count)
    for (row, identity) in identities.enumerated() {
      var generator = SeededGenerator(
        seed: seed, purpose: .dropout, epoch: epoch, index: Int(truncatingIfNeeded: identity))
      let bits = generator.next()
      seeds[2 * row] = UInt32(truncatingIfNeeded: bits)
      seeds[2 * row + 1] = UInt32(bits >> 32)
    }
    try write(seeds, to: TensorName.seeds)
  }

  /// Runs a step with a loss.
  ///
  /// - Parameters:
  ///   - takesSent: Whether the samples are those that were sent ahead.
  ///   - meanwhile: What to do while the device works.
  func run(
    _ batch: Batch, size: Int, takesSent: Bool = false, meanwhile: () -> Void = {}
  ) throws -> StepResult {
    for tensor in batch.signature.tensors where graph.hasInput(tensor.name) {
      if takesSent, tensor.kind == .sample {
        try graph.takeSent(tensor.name)
      } else {
        try write(tensor, of: batch, size: size)
      }
    }
    let padding = Array(repeating: Float(0), count: size - batch.count)
    try write(batch.weights + padding, to: TensorName.weights)
    // A sample of weight 0 is none.
    let counted = batch.weights.count { $0 != 0 }
    try write([batch.weights.reduce(0, +) / Float(max(counted, 1))], to: TensorName.meanWeight)
    try graph.run()
    meanwhile()
    return try result(of: batch, size: size)
  }

  private func result(of batch: Batch, size: Int) throws -> StepResult {
    var result = StepResult(
      loss: try read(TensorName.loss).first ?? 0,
      values: TensorValues(count: batch.count, weights: batch.weights))
    for name in graph.outputNames where name != TensorName.loss {
      if name == TensorName.lossWeight {
        result.lossWeight = try read(name).first
      } else {
        try read(name, of: batch, size: size, into: &result.values)
      }
    }
    for tensor in batch.signature.tensors where tensor.kind == .target {
      switch tensor.type.elementType {
      case .float32: result.values[tensor.name] = batch.floats(tensor.name)
      case .int32: result.values.set(batch.integers(tensor.name), to: tensor.name)
      default: break
      }
    }
    return result
  }

  /// Runs a step without one and returns the first `count` rows of all outputs.
  func predict(_ batch: Batch, size: Int) throws -> TensorValues {
    try writeSamples(of: batch, size: size)
    try graph.run()
    var results = TensorValues(count: batch.count, weights: batch.weights)
    for name in graph.outputNames { try read(name, of: batch, size: size, into: &results) }
    return results
  }

  /// Runs an extractor and keeps its outputs.
  func extract(_ batch: Batch, size: Int, into bank: FeatureBank) throws {
    try writeSamples(of: batch, size: size)
    try graph.run()
    for value in bank.frontier {
      let buffer = buffer(for: value.name)
      try graph.read(value.name, into: buffer)
      bank.store(UnsafeRawBufferPointer(buffer), of: value.name, for: batch)
    }
    for tensor in bank.carried {
      batch.withBytes(of: tensor.name) { bank.store($0, of: tensor.name, for: batch) }
    }
  }

  /// Sends samples while a run is under way, for the next one.
  ///
  /// - Returns: Whether device and graph are made for that.
  func send(_ batch: Batch, size: Int) throws -> Bool {
    var wasSent = false
    for tensor in batch.signature.tensors
    where tensor.kind == .sample && graph.hasInput(tensor.name) {
      wasSent = try padded(tensor, of: batch, size: size) {
        try graph.send($0, aheadTo: tensor.name)
      }
      guard wasSent else { return false }
    }
    return wasSent
  }

  private func writeSamples(of batch: Batch, size: Int) throws {
    for tensor in batch.signature.tensors
    where tensor.kind == .sample && graph.hasInput(tensor.name) {
      try write(tensor, of: batch, size: size)
    }
  }

  private func write(_ tensor: TensorSpec, of batch: Batch, size: Int) throws {
    try padded(tensor, of: batch, size: size) { try graph.write($0, to: tensor.name) }
  }

  /// Passes the bytes of a tensor for all places of a step. Places without a sample get a copy of the
  /// first one's: they count nothing, but must be finite.
  ///
  /// - Throws: ``SampleSizeError`` where they are not of the size that the graph takes.
  private func padded<Result>(
    _ tensor: TensorSpec, of batch: Batch, size: Int,
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let type = graph.type(of: tensor.name) else {
      throw ExecutableError.unknownInput(tensor.name)
    }
    return try batch.withBytes(of: tensor.name) { bytes in
      let width = type.elementType.byteCount
      try SampleSizeError.check(
        bytes.count / width, of: tensor.name, expected: type.shape.count / size,
        count: batch.count)
      if batch.count == size { return try body(bytes) }
      let buffer = buffer(for: tensor.name)
      buffer.copyMemory(from: bytes)
      repeatFirstRow(of: buffer, from: batch.count, size: size)
      return try body(UnsafeRawBufferPointer(buffer))
    }
  }

  private func repeatFirstRow(
    of buffer: UnsafeMutableRawBufferPointer, from count: Int, size: Int
  ) {
    let row = buffer.count / size
    for index in count..<size {
      UnsafeMutableRawBufferPointer(rebasing: buffer[index * row..<(index + 1) * row])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<row]))
    }
  }

  /// The first rows of an output, added to `values`.
  private func read(
    _ name: String, of batch: Batch, size: Int, into values: inout TensorValues
  ) throws {
    guard let type = graph.type(of: name) else { throw ExecutableError.unknownOutput(name) }
    let count = type.shape.count / size * batch.count
    switch type.elementType {
    case .int32: values.set(Array(try read(name, as: Int32.self, type)[..<count]), to: name)
    default: values[name] = Array(try read(name, as: Float.self, type)[..<count])
    }
  }

  private func read(_ name: String) throws -> [Float] {
    guard let type = graph.type(of: name) else { throw ExecutableError.unknownOutput(name) }
    return try read(name, as: Float.self, type)
  }

  private func read<Number: Numeric>(
    _ name: String, as: Number.Type, _ type: TensorType
  ) throws -> [Number] {
    var values = [Number](repeating: 0, count: type.shape.count)
    try values.withUnsafeMutableBytes { try graph.read(name, into: $0) }
    return values
  }

  private func buffer(for name: String) -> UnsafeMutableRawBufferPointer {
    if let buffer = buffers[name] { return buffer }
    let byteCount = graph.type(of: name)?.byteCount ?? 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    buffers[name] = buffer
    return buffer
  }
}
