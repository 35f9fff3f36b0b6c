package import Foundation
package import Graft

/// One backbone with weights, an input and what the reference implementation computed from them, as
/// `generate.py` writes it down.
package struct ParityCase: Decodable {
  package var backbone: String
  package var source: Variant.Source
  /// Project and name of the reference implementation.
  package var reference: String
  /// The name of the file with the weights.
  package var weights: String
  package var size: Int
  package var parameterCount: Int?
  /// Whether the classifier is part of it.
  package var includesTop: Bool?
  /// The number of classes, 1000 if absent.
  package var classCount: Int?
  /// The channels of the images, 3 if absent.
  package var inputChannels: Int?
  /// For a case of a training step: the layer before which everything is frozen; empty for none.
  package var trainingFrom: String?
  /// What normalizations that train normalize by: `stored` or `batch`.
  package var statistics: String?
  /// Graft's names for what the golden file calls otherwise.
  package var names: [String: String]?

  /// The case of a folder.
  package init(contentsOf folder: URL) throws {
    self = try JSONDecoder().decode(
      Self.self, from: try Data(contentsOf: folder.appending(path: "case.json")))
  }

  /// All cases below a folder.
  package static func all(in folder: URL) throws -> [(folder: URL, test: ParityCase)] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.compactMap { name in
      let folder = folder.appending(path: name)
      let file = folder.appending(path: "case.json")
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      return (folder, try ParityCase(contentsOf: folder))
    }
  }
}

/// A case that can't be compared.
package enum ParityError: Error, CustomStringConvertible {
  case missing(String, file: String)
  case noCases(String)
  case wrongSize(String, expected: Int, found: Int)

  package var description: String {
    switch self {
    case .missing(let name, let file): "\(file) has no tensor '\(name)'"
    case .noCases(let folder): "\(folder) holds no case; make some with generate.py"
    case .wrongSize(let name, let expected, let found):
      "'\(name)' has \(found) elements, the reference \(expected)"
    }
  }
}
