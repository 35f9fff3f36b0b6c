import Foundation

/// The files that `Tests/Fixtures/make_model_fixtures.py` makes.
enum Fixture {
  /// What the reference implementation of a backbone declares.
  struct Reference: Decodable {
    var source: String
    var parameterCount: Int
    /// By name, in PyTorch's order of axes; left out for the larger members of a family.
    var shapes: [String: [Int]]?
    /// Stands for the shapes: FNV-1a over the lines `name extents`, sorted by name.
    var digest: String
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/models")

  static func references() throws -> [String: Reference] {
    let data = try Data(contentsOf: folder.appendingPathComponent("parameters.json"))
    return try JSONDecoder().decode([String: Reference].self, from: data)
  }

  /// Shapes of timm's tensors by Graft's name of the network and timm's of the tensor.
  static func timmNames() throws -> [String: [String: [Int]]] {
    let data = try Data(contentsOf: folder.appendingPathComponent("timm_names.json"))
    return try JSONDecoder().decode([String: [String: [Int]]].self, from: data)
  }
}
