/// A bundle that can't be written or read.
public enum BundleError: Error, CustomStringConvertible {
  case undescribable(layer: String)
  case incomplete(String)
  case tooNew(path: String, version: Int)
  case notABundle(path: String, reason: String)
  /// Something that saving would destroy.
  case occupied(path: String)
  case unwritable(path: String, reason: String)
  /// A disk with too little room, in bytes.
  case noRoom(path: String, needed: Int, free: Int)
  /// A `model.json` that makes no sense, and why.
  case unusable(path: String, reason: String)
  /// A model that learned another task, as the types say.
  case otherTask(path: String, task: String, expected: String)
  /// A model that is not built on a backbone.
  case noBackbone(path: String)
  /// A head that is built of other layers.
  case otherHead(path: String, layer: String, expected: String)
  /// A model that knows none of the classes.
  case noCommonClass(path: String, classes: [String])

  public var description: String {
    switch self {
    case .undescribable(let layer):
      "a bundle can't describe the layer '\(layer)'; it knows backbones, global pooling, flatten, "
        + "dropout, dense, batch normalization and activation layers and sequences of them. Save the "
        + "weights alone with writeWeights(to:), and build the model in code"
    case .incomplete(let reason): reason
    case .tooNew(let path, let version):
      "\(path): the bundle has format version \(version), which a newer Graft wrote; update Graft"
    case .notABundle(let path, let reason):
      "\(path) is not a model bundle (\(reason)); a bundle is a folder with model.json and "
        + "weights.safetensors, as `graft train` writes it"
    case .otherTask(let path, let task, let expected):
      "\(path) learned \(task), not \(expected); open it as Learner<\(task)>(bundle:)"
    case .noBackbone(let path):
      "\(path): the model is not built on a network that Graft knows, so that there are no weights "
        + "of one to take"
    case .otherHead(let path, let layer, let expected):
      "\(path): its head has \(layer), this model's \(expected); build the same head, or start with "
        + "a new one"
    case .noCommonClass(let path, let classes):
      "\(path): it knows none of the classes, but \(classes.joined(separator: ", ")); start with a "
        + "new head"
    case .occupied(let path):
      "\(path) exists and is not a model bundle; choose another folder"
    case .unwritable(let path, let reason):
      "\(path) can't be written: \(reason); choose another folder"
    case .noRoom(let path, let needed, let free):
      "\(path) can't be written: the model takes \(Self.size(needed)), and the disk has "
        + "\(Self.size(free)) free; make room or choose a folder on another disk"
    case .unusable(let path, let reason):
      "\(path): the bundle's model.json can't be used: \(reason); train or fetch the model anew"
    }
  }

  private static func size(_ byteCount: Int) -> String {
    "\((Double(byteCount) / 104_857.6).rounded() / 10) MiB"
  }
}
