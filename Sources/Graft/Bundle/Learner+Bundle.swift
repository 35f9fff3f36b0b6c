public import Foundation
import GraftGraph
import GraftModels
import GraftRuntime
import GraftTraining
import GraftWeights

extension Learner {
  /// Writes the model as a folder with `model.json` and `weights.safetensors` (torchvision's, timm's or
  /// Hugging Face's names and layout), which appears complete or not at all, also where the process is
  /// killed.
  ///
  /// The bundle also keeps how the learner trains: what is frozen (of ``FreezePlan/where(_:)`` the
  /// parameters it froze), loss, optimizer, rates, statistics, penalty, seed and history; not the
  /// optimizer's state.
  ///
  /// - Throws: ``BundleError``, before anything is written where the model can't be described or the
  ///   place can't be used: see ``checkSavable(to:)``; what writing throws.
  public func save(to url: URL) throws {
    let manifest = try BundleManifest(self).encoded()
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

  /// Writes all parameters with torchvision's (timm's, Hugging Face's) names and layout.
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
  ///   - catalogue: The types of networks, tasks, losses and metrics of one's own that it was trained
  ///     with.
  /// - Throws: ``BundleError``, also where the model learned another task; `WeightFileError` and
  ///   `WeightMismatch` for damaged weights.
  public convenience init(
    bundle url: URL, device: (any Device)? = nil, seed: UInt64? = nil,
    knowing catalogue: Catalogue = Catalogue()
  ) throws {
    try self.init(ModelBundle(url, knowing: catalogue), device: device, seed: seed)
  }

  /// Takes the model of an open bundle, as ``init(bundle:device:seed:knowing:)`` does.
  ///
  /// - Throws: ``BundleError/otherTask(path:task:expected:)``; what opening the device throws.
  public convenience init(
    _ bundle: ModelBundle, device: (any Device)? = nil, seed: UInt64? = nil
  ) throws {
    guard let task = bundle.task as? Goal else {
      throw BundleError.otherTask(
        path: bundle.url.path, task: "\(type(of: bundle.task))", expected: "\(Goal.self)")
    }
    let training = bundle.manifest.training
    try self.init(
      bundle.model, task: task, freezing: training.map { FreezePlan($0.freezing) } ?? .none,
      optimizer: training?.optimizer ?? .adam(), device: device, seed: seed ?? training?.seed ?? 0)
    if let training {
      (rates, statistics) = (LayerRates(training.rates), training.statistics)
      l2Penalty = training.l2Penalty
    }
    engine.session.parameters.load(bundle.weights.tensors)
    history = bundle.manifest.history
  }
}

extension Learner where Goal == ImageClassification {
  /// Opens a bundle of a model that tells classes of pictures: what `Learner(bundle: url)` means.
  ///
  /// - Throws: As for any other task.
  public convenience init(
    bundle url: URL, device: (any Device)? = nil, seed: UInt64? = nil,
    knowing catalogue: Catalogue = Catalogue()
  ) throws {
    try self.init(ModelBundle(url, knowing: catalogue), device: device, seed: seed)
  }
}
