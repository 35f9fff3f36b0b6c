/// A data set and a preprocessor, whatever their samples are.
struct SampleReader: Sendable {
  /// Writes the sample at an index, on one thread.
  typealias Writer = (Int, SampleRow, inout SeededGenerator) throws -> Void

  let makeWriter: @Sendable () throws -> Writer
  let identity: @Sendable (Int) -> UInt64
  let weight: @Sendable (Int) -> Float
  /// The position of a sample's signature.
  let signature: @Sendable (Int) throws -> Int

  init<Inputs: Preprocessor>(
    _ dataset: any Dataset<Inputs.Sample>, _ preprocessor: Inputs,
    _ augmentation: Inputs.Augmentation?
  ) {
    makeWriter = {
      let write = try preprocessor.makeWriter(augmentation)
      return { try write(dataset.sample(at: $0), $1, &$2) }
    }
    identity = { dataset.identity(at: $0) }
    weight = { dataset.weight(at: $0) }
    signature = { try preprocessor.signature(of: dataset.sample(at: $0)) }
  }
}
