public import Foundation
import GraftGraph
import GraftModels
import GraftRuntime
import GraftTraining
import GraftWeights

extension Learner {
  /// Writes the model as a folder with `model.json` and `weights.safetensors` (torchvision's or
  /// timm's names and layout), which appears complete or not at all.
  ///
  /// - Throws: ``BundleError``, before anything is written where the place can't be used; what
  ///   writing throws.
  public func save(to url: URL) throws {
    let manifest = try BundleManifest(self)
    try ModelBundle.checkPlace(url)
    let files = FileManager.default
    let exists = files.fileExists(atPath: url.path)
    let parent = url.deletingLastPathComponent()
    try files.createDirectory(at: parent, withIntermediateDirectories: true)
    let name = ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8))"
    let draft = parent.appending(path: name)
    try files.createDirectory(at: draft, withIntermediateDirectories: false)
    defer { try? files.removeItem(at: draft) }
    try BundleManifest.encoder.encode(manifest)
      .write(to: draft.appending(path: ModelBundle.FileName.manifest))
    try writeWeights(to: draft.appending(path: ModelBundle.FileName.weights))
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
    let bundle = try ModelBundle(url)
    try self.init(
      bundle.model, loss: bundle.manifest.loss, preprocessing: bundle.manifest.preprocessing,
      device: device, seed: seed)
    engine.session.parameters.load(bundle.weights)
    restore(bundle.manifest.history)
  }
}
