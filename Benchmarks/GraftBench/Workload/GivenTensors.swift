import Foundation
import Graft

/// A batch and first values of parameters that another program wrote down, to compute the same.
///
/// A weight file with `input` (N, height, width, channels), `targets` (N, classes) and any of the
/// model's parameters under their paths, laid out as Graft has them.
struct GivenTensors {
  private let file: WeightFile

  init(contentsOf path: String) throws {
    file = try WeightFile(contentsOf: URL(fileURLWithPath: path))
  }

  /// Takes over the parameters that the file has.
  func set(in store: ParameterStore, _ parameters: [Parameter]) throws {
    for parameter in parameters {
      guard let tensor = file[parameter.path.description] else { continue }
      guard tensor.shape == parameter.type.shape else {
        throw GivenTensorError.wrongShape(
          parameter.path.description, expected: parameter.type.shape, found: tensor.shape)
      }
      store.set(parameter.path, shape: tensor.shape) { try tensor.load() }
    }
  }

  func input(count: Int) throws -> [Float] { try values("input", count: count) }

  func targets(count: Int) throws -> [Float] { try values("targets", count: count) }

  private func values(_ name: String, count: Int) throws -> [Float] {
    guard let tensor = file[name] else {
      throw GivenTensorError.missing(name, file: file.url.path)
    }
    guard tensor.shape.count == count else {
      throw GivenTensorError.wrongShape(name, expected: [count], found: tensor.shape)
    }
    return try tensor.load()
  }
}

/// A file that doesn't fit the workload.
enum GivenTensorError: Error, CustomStringConvertible {
  case missing(String, file: String)
  case wrongShape(String, expected: Shape, found: Shape)

  var description: String {
    switch self {
    case .missing(let name, let file): "\(file) has no tensor '\(name)'"
    case .wrongShape(let name, let expected, let found):
      "'\(name)' has the shape \(found), but \(expected) is needed"
    }
  }
}
