import Foundation
import GraftGraph

/// Writes the safetensors format, one tensor in memory at a time.
public enum SafetensorsWriter {
  /// Writes Float32 tensors, ordered by name, so that the file appears complete or not at all.
  ///
  /// - Parameters:
  ///   - tensors: The tensors; names must be unique and not `__metadata__`.
  ///   - metadata: Free text about the file.
  ///   - url: Where to write; an existing file is replaced.
  /// - Throws: `WeightFileError`, and whatever loading a tensor throws; then nothing is written.
  public static func write(
    _ tensors: [WritableTensor], metadata: [String: String] = [:], to url: URL
  ) throws {
    let tensors = tensors.sorted { $0.name < $1.name }
    try SafetensorsHeader.checkNames(tensors.map(\.name), url)
    let file = try AtomicFile(replacing: url)
    try file.write(
      SafetensorsHeader.bytes(of: tensors.map { ($0.name, $0.shape) }, metadata: metadata))
    for tensor in tensors {
      let elements = try tensor.load()
      precondition(
        elements.count == tensor.shape.count,
        "\(tensor.name): \(elements.count) elements for shape \(tensor.shape)")
      try elements.withUnsafeBytes { try file.write($0) }
    }
    try file.finish()
  }
}
