public import Foundation
import GraftGraph
import GraftModels
import GraftRuntime
import GraftTraining
import GraftWeights

extension Learner where Goal == ImageClassification {
  /// Writes the model as a folder with `model.json` and `weights.safetensors` (torchvision's or
  /// timm's names and layout), which appears complete or not at all, also where the process is killed.
  ///
  /// The bundle also keeps how the learner trains: what is frozen (of ``FreezePlan/where(_:)`` the
  /// parameters it froze), loss, optimizer, rates, statistics, penalty, seed and history; not the
  /// optimizer's state.
  ///
  /// - Throws: ``BundleError``, before anything is written where the model can't be described or the
  ///   place can't be used: see ``checkSavable(to:)``; what writing throws.
  public func save(to url: URL) throws {
    let manifest = try BundleManifest.encoder.encode(BundleManifest(self))
    try ModelBundle.checkPlace(url)
    let draft = try BundleDraft(of: url.standardizedFileURL)
    do {
      try manifest.write(to: draft.folder.appending(path: ModelBundle.FileName.manifest))
      try draft.sync(ModelBundle.FileName.manifest)
      // Last: with the weights, the bundle is complete.
      try writeWeights(to: draft.folder.appending(path: ModelBundle.FileName.weights))
    } catch let error as BundleError {
      throw error
    } catch {
      let reason = (error as? WeightFileError)?.explanation ?? error.localizedDescription
      throw BundleError.unwritable(path: url.path, reason: reason)
    }
    try draft.finish()
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

  /// Opens a bundle: the model with its weights, ready to predict or to learn on where training
  /// ended, with a fresh optimizer state. Of a bundle of format version 1, which doesn't tell how it
  /// was trained, everything trains.
  ///
  /// - Parameters:
  ///   - seed: By default the one it was trained with.
  ///   - catalogue: The types of losses and metrics of one's own that it was trained with.
  /// - Throws: ``BundleError``; `WeightFileError` and `WeightMismatch` for damaged weights.
  public convenience init(
    bundle url: URL, device: (any Device)? = nil, seed: UInt64? = nil,
    knowing catalogue: Catalogue = Catalogue()
  ) throws {
    let bundle = try ModelBundle(url, knowing: catalogue)
    let training = bundle.manifest.training
    try self.init(
      bundle.model, freezing: training.map { FreezePlan($0.freezing) } ?? .none,
      loss: bundle.manifest.loss.wrappedValue, optimizer: training?.optimizer ?? .adam(),
      preprocessing: bundle.manifest.preprocessing, device: device,
      seed: seed ?? training?.seed ?? 0)
    if let training {
      (rates, statistics) = (LayerRates(training.rates), training.statistics)
      l2Penalty = training.l2Penalty
    }
    engine.session.parameters.load(bundle.weights.tensors)
    history = bundle.manifest.history
  }
}
