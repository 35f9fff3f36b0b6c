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
    try checkNames(tensors, url)
    let file = try AtomicFile(replacing: url)
    let header = try header(tensors, metadata)
    try file.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) })
    try file.write(header)
    for tensor in tensors {
      let elements = try tensor.load()
      precondition(
        elements.count == tensor.shape.count,
        "\(tensor.name): \(elements.count) elements for shape \(tensor.shape)")
      try elements.withUnsafeBytes { try file.write($0) }
    }
    try file.finish()
  }

  /// The JSON header, padded with spaces so that the data starts at a multiple of 8.
  private static func header(
    _ tensors: [WritableTensor], _ metadata: [String: String]
  ) throws -> Data {
    var entries: [String: HeaderEntry] = [:]
    if !metadata.isEmpty { entries["__metadata__"] = .metadata(metadata) }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.count * MemoryLayout<Float>.size
      entries[tensor.name] = .tensor(shape: tensor.shape.extents, offsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = try encoder.encode(entries)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    return header
  }

  private static func checkNames(_ tensors: [WritableTensor], _ url: URL) throws {
    let twice = zip(tensors, tensors.dropFirst()).first { $0.name == $1.name }?.0.name
    if let name = twice ?? tensors.first(where: { $0.name == "__metadata__" })?.name {
      throw WeightFileError(
        file: url.path, problem: .unsupported,
        explanation: "cannot hold the tensor name \(name) (twice, or reserved); rename it")
    }
  }
}

/// One value of the header; the keys are the format's.
private enum HeaderEntry: Encodable {
  case tensor(shape: [Int], offsets: [Int])
  case metadata([String: String])

  private enum Key: String, CodingKey {
    case dtype, shape
    case dataOffsets = "data_offsets"
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .metadata(let metadata):
      var container = encoder.singleValueContainer()
      try container.encode(metadata)
    case .tensor(let shape, let offsets):
      var container = encoder.container(keyedBy: Key.self)
      try container.encode("F32", forKey: .dtype)
      try container.encode(shape, forKey: .shape)
      try container.encode(offsets, forKey: .dataOffsets)
    }
  }
}
