public import Foundation
import GraftGraph
import GraftModels
import GraftRuntime
import GraftTraining
import GraftWeights

extension Learner {
  private enum FileName {
    static let manifest = "model.json"
    static let weights = "weights.safetensors"
  }

  /// Writes the model as a folder with `model.json` and `weights.safetensors` (torchvision's or
  /// timm's names and layout), which appears complete or not at all.
  ///
  /// - Throws: ``BundleError``; what writing throws.
  public func save(to url: URL) throws {
    let manifest = try BundleManifest(self)
    let files = FileManager.default
    let exists = files.fileExists(atPath: url.path)
    if exists, !files.fileExists(atPath: url.appending(path: FileName.manifest).path) {
      throw BundleError.occupied(path: url.path)
    }
    let parent = url.deletingLastPathComponent()
    try files.createDirectory(at: parent, withIntermediateDirectories: true)
    let name = ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8))"
    let draft = parent.appending(path: name)
    try files.createDirectory(at: draft, withIntermediateDirectories: false)
    defer { try? files.removeItem(at: draft) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(manifest).write(to: draft.appending(path: FileName.manifest))
    try writeWeights(to: draft.appending(path: FileName.weights))
    guard exists else { return try files.moveItem(at: draft, to: url) }
    let old = parent.appending(path: name + ".old")
    try files.moveItem(at: url, to: old)
    do {
      try files.moveItem(at: draft, to: url)
    } catch {
      try files.moveItem(at: old, to: url)
      throw error
    }
    try files.removeItem(at: old)
  }

  /// Writes all parameters with torchvision's (or timm's) names and layout.
  public func writeWeights(to url: URL) throws {
    let store = try parameters()
    var values: [ParameterPath: [Float]] = [:]
    let parameters = try model.parameters
    for parameter in parameters { values[parameter.path] = try store.values(at: parameter.path) }
    let tensors = WeightMap.torch.writableTensors(parameters) { [values] in
      values[$0.path] ?? []
    }
    try SafetensorsWriter.write(
      tensors, metadata: ["format": "pt", "model": model.name], to: url)
  }

  /// Opens a bundle: the model with its weights, ready to predict or to learn on.
  ///
  /// - Throws: ``BundleError``; `WeightFileError` and `WeightMismatch` for damaged weights.
  public convenience init(
    bundle url: URL, device: (any Device)? = nil, seed: UInt64 = 0
  ) throws {
    let manifest = try Self.manifest(of: url)
    let model = try manifest.makeModel()
    try self.init(
      model, loss: manifest.loss, preprocessing: manifest.preprocessing, device: device, seed: seed)
    let file = try WeightFile(contentsOf: url.appending(path: FileName.weights))
    engine.session.parameters.load(
      try WeightMap.torch.assign(file, to: model.parameters))
    restore(manifest.history)
  }

  private static func manifest(of url: URL) throws -> BundleManifest {
    let data: Data
    do {
      data = try Data(contentsOf: url.appending(path: FileName.manifest))
    } catch {
      throw BundleError.notABundle(path: url.path, reason: "it has no readable model.json")
    }
    do {
      return try JSONDecoder().decode(BundleManifest.self, from: data)
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
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' can't be read "
        + "(\(context.debugDescription))"
    @unknown default: "\(self)"
    }
  }
}
