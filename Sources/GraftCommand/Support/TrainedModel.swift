import ArgumentParser
import Foundation
import Graft

/// A trained model, by what it reads.
enum TrainedModel {
  case pictures(Learner<ImageClassification>)
  case texts(Learner<TextClassification>)

  /// - Throws: `BundleError`; `ValidationError` for a task that the command doesn't know.
  init(bundle path: String, device: any Device, seed: UInt64? = nil) throws {
    let bundle = try ModelBundle(URL(fileURLWithPath: path))
    switch bundle.task {
    case is ImageClassification: self = .pictures(try Learner(bundle, device: device, seed: seed))
    case is TextClassification: self = .texts(try Learner(bundle, device: device, seed: seed))
    default:
      throw ValidationError(
        "\(path) learned \(type(of: bundle.task)), which the command doesn't know; open it in code")
    }
  }

  /// A model for a command that takes pictures only.
  static func ofPictures(
    _ path: String, device: any Device, seed: UInt64? = nil
  ) throws -> Learner<ImageClassification> {
    guard case .pictures(let learner) = try TrainedModel(bundle: path, device: device, seed: seed)
    else { throw ValidationError("\(path) reads texts, and this command is for pictures") }
    return learner
  }

  /// Makes sure that data are what the model reads.
  ///
  /// - Throws: `ValidationError` where they are of the other kind.
  func check(_ path: String, _ kind: DataKind, of bundle: String) throws {
    switch (self, kind) {
    case (.pictures, .pictures), (.texts, .texts): return
    case (.pictures, .texts):
      throw ValidationError("\(bundle) reads pictures, but \(path) holds texts")
    case (.texts, .pictures):
      throw ValidationError(
        "\(bundle) reads texts, but \(path) holds no .txt file and is no .csv or .tsv")
    }
  }
}
