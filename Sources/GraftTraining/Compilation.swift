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
  /// Whether the graph starts at the freeze frontier rather than at the samples.
  let usesFeatures: Bool
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
    _ batch: StepBatch, size: Int, takesSent: Bool = false, meanwhile: () -> Void = {}
  ) throws -> (loss: Float, scores: [Float]) {
    if takesSent {
      try graph.takeSent(TensorName.input)
    } else {
      try write(batch, size: size)
    }
    try writeRows(batch.targets, to: TensorName.targets, count: batch.count, size: size)
    let weights =
      batch.weights.isEmpty ? Array(repeating: 1, count: batch.count) : batch.weights
    try SampleSizeError.check(
      weights.count, of: TensorName.weights, expected: 1, count: batch.count)
    try write(weights + Array(repeating: 0, count: size - batch.count), to: TensorName.weights)
    // A sample of weight 0 is none.
    let counted = weights.count { $0 != 0 }
    try write([weights.reduce(0, +) / Float(max(counted, 1))], to: TensorName.meanWeight)
    try graph.run()
    meanwhile()
    let loss = try read(TensorName.loss)
    return (loss.first ?? 0, try read(TensorName.scores))
  }

  /// Runs a step without one and returns the first `count` rows of all outputs.
  func predict(_ batch: StepBatch, size: Int) throws -> [String: [Float]] {
    try write(batch, size: size)
    try graph.run()
    var results: [String: [Float]] = [:]
    for name in graph.outputNames {
      let values = try read(name)
      results[name] = Array(values[..<(values.count / size * batch.count)])
    }
    return results
  }

  /// Runs an extractor and keeps its outputs.
  func extract(_ batch: StepBatch, size: Int, into bank: FeatureBank) throws {
    try write(batch, size: size)
    try graph.run()
    for (position, value) in bank.values.enumerated() {
      let buffer = buffer(for: value.name)
      try graph.read(value.name, into: buffer)
      bank.store(UnsafeRawBufferPointer(buffer), of: position, for: batch.samples)
    }
  }

  /// Sends samples while a run is under way, for the next one.
  ///
  /// - Returns: Whether device and graph are made for that.
  func send(_ samples: UnsafeBufferPointer<Float>, count: Int, size: Int) throws -> Bool {
    guard graph.hasInput(TensorName.input) else { return false }
    return try graph.send(
      padded(samples, count: count, size: size), aheadTo: TensorName.input)
  }

  /// The bytes of samples for all places of a step.
  ///
  /// - Throws: ``SampleSizeError`` where they are not of the size that the graph takes.
  private func padded(
    _ samples: UnsafeBufferPointer<Float>, count: Int, size: Int
  ) throws -> UnsafeRawBufferPointer {
    let elementCount = graph.type(of: TensorName.input)?.shape.count ?? 0
    try SampleSizeError.check(
      samples.count, of: "samples", expected: elementCount / size, count: count)
    if count == size { return UnsafeRawBufferPointer(samples) }
    let buffer = buffer(for: TensorName.input)
    buffer.copyMemory(from: UnsafeRawBufferPointer(samples))
    repeatFirstRow(of: buffer, from: count, size: size)
    return UnsafeRawBufferPointer(buffer)
  }

  private func write(_ batch: StepBatch, size: Int) throws {
    switch batch.source {
    case .samples(let values):
      guard graph.hasInput(TensorName.input) else { return }
      try graph.write(padded(values, count: batch.count, size: size), to: TensorName.input)
    case .features(let bank):
      for (position, value) in bank.values.enumerated() where graph.hasInput(value.name) {
        let buffer = buffer(for: value.name)
        bank.gather(position, of: batch.samples, into: buffer)
        repeatFirstRow(of: buffer, from: batch.count, size: size)
        try graph.write(UnsafeRawBufferPointer(buffer), to: value.name)
      }
    }
  }

  /// Places without a sample get a copy of the first: they count nothing, but must be finite.
  private func repeatFirstRow(
    of buffer: UnsafeMutableRawBufferPointer, from count: Int, size: Int
  ) {
    let row = buffer.count / size
    for index in count..<size {
      UnsafeMutableRawBufferPointer(rebasing: buffer[index * row..<(index + 1) * row])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<row]))
    }
  }

  /// - Throws: ``SampleSizeError`` where there is not a row for each of `count` samples.
  private func writeRows(_ values: [Float], to name: String, count: Int, size: Int) throws {
    guard let type = graph.type(of: name) else { return }
    let width = type.shape.count / size
    try SampleSizeError.check(values.count, of: name, expected: width, count: count)
    try write(values + Array(repeating: 0, count: (size - count) * width), to: name)
  }

  private func read(_ name: String) throws -> [Float] {
    guard let type = graph.type(of: name) else { throw ExecutableError.unknownOutput(name) }
    var values = [Float](repeating: 0, count: type.shape.count)
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
