import GraftModels
import GraftTraining

/// `model.json` of a network and a task of any kinds: each is written down with the name of its type.
struct DescribedManifest: Codable, Sendable {
  static let version = 4

  var formatVersion = Self.version
  var name: String
  var network: Described<any Network>
  var classes: [String]
  var task: Described<any LearningTask>
  var training: BundleManifest.Training?
  var history: History

  init(_ manifest: BundleManifest) {
    (name, classes) = (manifest.model.name, manifest.model.classNames)
    network = Described(wrappedValue: manifest.model.network)
    task = Described(wrappedValue: manifest.task)
    (training, history) = (manifest.training, manifest.history)
  }

  func manifest() -> BundleManifest {
    BundleManifest(
      model: Model(network.wrappedValue, name: name, classNames: classes), task: task.wrappedValue,
      training: training, history: history)
  }
}
