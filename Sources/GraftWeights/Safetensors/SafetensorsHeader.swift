import Foundation
import GraftGraph

/// What a safetensors file says of its tensors before their data.
enum SafetensorsHeader {
  /// The length and the JSON text for Float32 tensors one after the other, padded with spaces so that
  /// the data starts at a multiple of 8.
  ///
  /// - Parameter byteCount: To be filled up to; by default as little as possible.
  static func bytes(
    of tensors: [(name: String, shape: Shape)], metadata: [String: String], byteCount: Int = 0
  ) throws -> Data {
    var entries: [String: Entry] = [:]
    if !metadata.isEmpty { entries["__metadata__"] = .metadata(metadata) }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.count * MemoryLayout<Float>.size
      entries[tensor.name] = .tensor(shape: tensor.shape.extents, offsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = try encoder.encode(entries)
    let lengthByteCount = MemoryLayout<UInt64>.size
    let padded = max((text.count + 7) / 8 * 8, byteCount - lengthByteCount)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padded - text.count))
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
  }

  /// - Throws: `WeightFileError` where a name stands twice or is reserved.
  static func checkNames(_ sortedNames: [String], _ url: URL) throws {
    let twice = zip(sortedNames, sortedNames.dropFirst()).first { $0 == $1 }?.0
    if let name = twice ?? sortedNames.first(where: { $0 == "__metadata__" }) {
      throw WeightFileError(
        file: url.path, problem: .unsupported,
        explanation: "cannot hold the tensor name \(name) (twice, or reserved); rename it")
    }
  }

  /// One value of the header; the keys are the format's.
  private enum Entry: Encodable {
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
}
