public import GraftGraph

/// The place of one sample in a batch, which a ``SampleWriter`` fills.
///
/// Belongs to one thread, which uses it for one sample after the other. What a writer leaves alone is 0.
public final class SampleRow {
  private var layout: BatchLayout
  private var memory: BatchMemory?
  private var place = 0
  private var isWritten: [Bool] = []
  /// Lets one of those who prepare samples at a time do what takes much memory.
  let gate: LargePictureGate

  init(_ layout: BatchLayout, gate: LargePictureGate) {
    (self.layout, self.gate) = (layout, gate)
  }

  /// What the sample consists of.
  public var signature: Signature { layout.signature }

  /// Whether anyone reads the tensor: targets are not wanted of samples without labels.
  public func wants(_ name: String) -> Bool { layout.position(of: name) != nil }

  /// The numbers of a Float32 tensor, all to be written.
  ///
  /// - Throws: ``SampleRowError`` where there is no such tensor.
  public func floats(_ name: String) throws -> UnsafeMutableBufferPointer<Float> {
    try bytes(name, .float32).bindMemory(to: Float.self)
  }

  /// The numbers of an Int32 tensor, all to be written.
  ///
  /// - Throws: ``SampleRowError`` where there is no such tensor.
  public func integers(_ name: String) throws -> UnsafeMutableBufferPointer<Int32> {
    try bytes(name, .int32).bindMemory(to: Int32.self)
  }

  /// Writes numbers from the front of a Float32 tensor, and 0 behind them.
  ///
  /// - Throws: ``SampleRowError`` where there is no such tensor, or it has fewer numbers.
  public func write(_ values: some Collection<Float>, to name: String) throws {
    try fill(floats(name), with: values, name)
  }

  /// Writes numbers from the front of an Int32 tensor, and 0 behind them.
  ///
  /// - Throws: ``SampleRowError`` where there is no such tensor, or it has fewer numbers.
  public func write(integers values: some Collection<Int32>, to name: String) throws {
    try fill(integers(name), with: values, name)
  }

  private func fill<Number: Numeric>(
    _ numbers: UnsafeMutableBufferPointer<Number>, with values: some Collection<Number>,
    _ name: String
  ) throws {
    guard values.count <= numbers.count else {
      throw SampleRowError.tooLong(name, found: values.count, room: numbers.count)
    }
    let end = numbers.update(fromContentsOf: values)
    numbers[end...].update(repeating: 0)
  }

  private func bytes(_ name: String, _ type: ElementType) throws -> UnsafeMutableRawBufferPointer {
    guard let position = layout.position(of: name), let memory,
      layout.signature.tensors[position].type.elementType == type
    else { throw SampleRowError.noTensor(name, type, signature) }
    isWritten[position] = true
    let range = layout.range(of: position, place: place)
    return UnsafeMutableRawBufferPointer(rebasing: memory.bytes[range])
  }

  /// Passes on to a place of a batch.
  func move(to place: Int, of memory: BatchMemory, _ layout: BatchLayout) {
    (self.place, self.memory, self.layout) = (place, memory, layout)
    isWritten = Array(repeating: false, count: layout.signature.tensors.count)
  }

  /// Puts zeros where nothing was written, or everywhere.
  func finish(clearing everything: Bool = false) {
    guard let memory else { return }
    for position in layout.signature.tensors.indices where everything || !isWritten[position] {
      let range = layout.range(of: position, place: place)
      UnsafeMutableRawBufferPointer(rebasing: memory.bytes[range]).initializeMemory(
        as: UInt8.self, repeating: 0)
    }
    self.memory = nil
  }
}

/// A sample that doesn't fit its row.
public enum SampleRowError: Error, CustomStringConvertible {
  case noTensor(String, ElementType, Signature)
  case tooLong(String, found: Int, room: Int)

  public var description: String {
    switch self {
    case .noTensor(let name, let type, let signature):
      "a sample has no tensor '\(name)' of \(type), only \(signature)"
    case .tooLong(let name, let found, let room):
      "'\(name)' has \(found) values, but there is room for \(room)"
    }
  }
}
