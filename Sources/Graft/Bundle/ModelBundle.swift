public import Foundation
import GraftGraph
public import GraftLanguage
public import GraftModels
public import GraftTraining
import GraftWeights

/// A model that ``Learner/save(to:)`` wrote: a folder with `model.json` and `weights.safetensors`.
public struct ModelBundle: Sendable {
  enum FileName {
    static let manifest = "model.json"
    static let weights = "weights.safetensors"
  }

  /// The folder.
  public let url: URL
  /// The model without its weights.
  public var model: Model { manifest.model }
  /// What the model learned, and how its samples become tensors.
  public var task: any LearningTask { manifest.task }
  let manifest: BundleManifest
  /// Where the values of all parameters come from; nothing is read yet.
  let weights: WeightAssignment

  /// Opens a bundle.
  ///
  /// - Parameter catalogue: The types of losses and metrics of one's own that it was trained with.
  /// - Throws: ``BundleError``; `WeightFileError` and `WeightMismatch` for damaged weights.
  public init(_ url: URL, knowing catalogue: Catalogue = Catalogue()) throws {
    self.url = url
    BundleLeftovers(of: url).recover()
    let outline: Outline
    do {
      manifest = try Self.manifest(of: url, knowing: catalogue)
      outline = try manifest.model.outline()
      try manifest.check(outline)
    } catch let error as BundleError {
      guard case .incomplete(let reason) = error else { throw error }
      throw BundleError.unusable(path: url.path, reason: reason)
    } catch {
      throw BundleError.unusable(path: url.path, reason: "\(error)")
    }
    let file = try WeightFile(contentsOf: url.appending(path: FileName.weights))
    weights = try WeightMap.torch.assign(file, to: outline.parameters)
  }

  /// Whether a folder is, or is meant to be, a bundle; one is that a save left beside it when it was
  /// killed.
  public static func exists(at url: URL) -> Bool {
    BundleLeftovers(of: url).recover()
    return FileManager.default.fileExists(atPath: url.appending(path: FileName.manifest).path)
  }

  /// The model's first backbone with its weights as they were trained, without the head.
  ///
  /// - Throws: ``BundleError/noBackbone(path:)``; `GraphError`.
  public func backbone() throws -> Backbone {
    let outline = try model.outline()
    guard let placed = outline.backbones.first else { throw BundleError.noBackbone(path: url.path) }
    var backbone = placed.backbone
    backbone.inputSize = model.inputSize
    backbone.weights = weights.below(placed.path, outline.parameters[placed.parameters])
    return backbone
  }

  /// The model's first text encoder with its weights as they were trained, without the head; `nil` where
  /// there is none.
  ///
  /// - Throws: `GraphError`.
  public func textEncoder() throws -> TextEncoder? {
    let outline = try model.outline()
    for placed in outline.parts {
      guard var encoder = placed.part as? TextEncoder else { continue }
      encoder.weights = weights.below(placed.path, outline.parameters[placed.parameters])
      return encoder
    }
    return nil
  }

  private static func manifest(
    of url: URL, knowing catalogue: Catalogue
  ) throws -> BundleManifest {
    let data: Data
    do {
      data = try Data(contentsOf: url.appending(path: FileName.manifest))
    } catch {
      throw BundleError.notABundle(path: url.path, reason: "it has no readable model.json")
    }
    do {
      return try BundleManifest.decode(data, path: url.path, knowing: catalogue)
    } catch let error as DecodingError {
      throw BundleError.incomplete(error.summary)
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in a line.
  fileprivate var summary: String {
    switch self {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? context.debugDescription
        : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' can't be read "
          + "(\(context.debugDescription))"
    @unknown default: "\(self)"
    }
  }
}
