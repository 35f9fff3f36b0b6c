import Foundation

/// Reads the safetensors format: the header's length, a JSON header, and raw tensors.
///
/// Follows the checks of the reference implementation: tensors cover the data without holes or
/// overlaps, so no byte of the file is unaccounted for.
enum SafetensorsReader {
  /// The reference implementation's limit.
  private static let greatestHeaderByteCount = 100_000_000
  /// More than the header of any network; decoding takes many times as much memory.
  private static let greatestReadByteCount = 1 << 24
  private static let greatestRank = 32

  static func recognizes(_ bytes: ByteView) -> Bool {
    guard let length = try? bytes.integer(UInt64.self, at: 0, "") else { return false }
    // The length is not believed yet: a truncated file is still told apart from an unknown one.
    return length <= UInt64(greatestHeaderByteCount) && bytes.hasBytes([UInt8(ascii: "{")], at: 8)
  }

  static func read(_ bytes: ByteView) throws -> WeightFileContent {
    var cursor = ByteCursor(bytes)
    let length = try cursor.readSize(UInt64.self, "the length of the header")
    let header = try cursor.slice(length, "the header")
    guard length <= greatestReadByteCount else {
      throw bytes.unsupported(
        "has a header of \(length) bytes, more than that of any network (\(greatestReadByteCount))")
    }
    let data = try cursor.slice(cursor.remaining, "the data")
    let entries: [String: HeaderEntry]
    do {
      entries = try JSONDecoder().decode(
        [String: HeaderEntry].self, from: header.withUnsafeBytes { Data($0) })
    } catch {
      throw bytes.malformed("the safetensors header is not the JSON it should be: \(error)")
    }
    var content = WeightFileContent()
    var ranges: [Range<Int>] = []
    for (name, entry) in entries {
      switch entry {
      case .metadata(let metadata): content.metadata = metadata
      case .tensor(let description):
        let (tensor, range) = try Self.tensor(name, description, data)
        content.tensors.append(tensor)
        ranges.append(range)
      }
    }
    try check(ranges, cover: data)
    return content
  }

  private static func tensor(
    _ name: String, _ description: TensorDescription, _ data: ByteView
  ) throws -> (StoredTensor, Range<Int>) {
    guard let elementType = elementTypes[description.dtype] else {
      throw data.unsupported(
        "tensor \(name) is stored as \(description.dtype), which Graft does not read; "
          + "convert it to F32")
    }
    guard description.shape.count <= greatestRank, name.utf8.count <= ByteView.greatestNameByteCount
    else { throw data.malformed("has a tensor of more axes, or a longer name, than any network") }
    let offsets = description.dataOffsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw data.malformed("tensor \(name) has the offsets \(offsets)")
    }
    let byteCount = offsets[1] - offsets[0]
    let bytes = try data.slice(at: offsets[0], count: byteCount, "tensor \(name)")
    let view = StridedView(description.shape)
    guard let count = view?.count, count == byteCount / elementType.byteCount,
      byteCount % elementType.byteCount == 0
    else {
      throw data.malformed(
        "tensor \(name) of shape \(description.shape) as \(description.dtype) "
          + "does not take the \(byteCount) bytes it has")
    }
    let tensor = try StoredTensor(
      name: name, elementType: elementType, extents: description.shape, bytes: bytes)
    return (tensor, offsets[0]..<offsets[1])
  }

  private static func check(_ ranges: [Range<Int>], cover data: ByteView) throws {
    var end = 0
    for range in ranges.sorted(by: {
      ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
    }) {
      guard range.lowerBound == end else {
        throw data.malformed("the tensors overlap or leave a hole at byte \(end) of the data")
      }
      end = range.upperBound
    }
    guard end == data.count else {
      throw data.malformed("\(data.count - end) bytes after the last tensor belong to nothing")
    }
  }

  static let elementTypes: [String: StoredElementType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16,
    "U8": .uint8, "BOOL": .bool,
  ]
}

/// One value of the header: a tensor or the free metadata.
private enum HeaderEntry: Decodable {
  case tensor(TensorDescription)
  case metadata([String: String])

  init(from decoder: any Decoder) throws {
    if decoder.codingPath.last?.stringValue == "__metadata__" {
      self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
    } else {
      self = .tensor(try TensorDescription(from: decoder))
    }
  }
}

/// A tensor as the header describes it.
private struct TensorDescription: Decodable {
  var dtype: String
  var shape: [Int]
  var dataOffsets: [Int]

  private enum CodingKeys: String, CodingKey {
    case dtype, shape
    case dataOffsets = "data_offsets"
  }
}
