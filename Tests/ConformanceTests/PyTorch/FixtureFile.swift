import Foundation
import GraftGraph

/// The tensors of a safetensors file that a script of this repository made.
struct FixtureFile: Sendable {
  private let tensors: [String: HostTensor]

  /// What PyTorch made of single operations (make_operation_fixtures.py).
  static let operations = Result {
    try FixtureFile(
      URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/operations.safetensors"))
  }

  private struct Entry: Decodable {
    let type: String
    let shape: [Int]
    let byteRange: [Int]

    enum CodingKeys: String, CodingKey {
      case shape
      case type = "dtype"
      case byteRange = "data_offsets"
    }
  }

  init(_ file: URL) throws {
    let data = try Data(contentsOf: file)
    let headerCount = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONDecoder().decode(
      [String: Entry].self, from: data.dropFirst(8).prefix(headerCount))
    let values = Data(data.dropFirst(8 + headerCount))
    tensors = header.mapValues { entry in
      HostTensor(
        TensorType(Shape(entry.shape), entry.type == "I32" ? .int32 : .float32),
        bytes: Array(values[entry.byteRange[0]..<entry.byteRange[1]]))
    }
  }

  /// The names of the cases that the file holds.
  var caseNames: Set<String> {
    Set(tensors.keys.compactMap { $0.split(separator: "/").first.map(String.init) })
  }

  /// The tensor of a case by its name, or `nil` if the case has none.
  func tensor(_ name: String, of test: String) -> HostTensor? { tensors["\(test)/\(name)"] }

  /// The tensors of a case whose names are `prefix` and a position, by that position.
  func tensors(_ prefix: String, of test: String) -> [Int: HostTensor] {
    var found: [Int: HostTensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix("\(test)/\(prefix)") {
      if let position = Int(name.dropFirst(test.count + 1 + prefix.count)) {
        found[position] = tensor
      }
    }
    return found
  }
}
