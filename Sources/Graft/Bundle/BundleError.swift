/// A bundle that can't be written or read.
public enum BundleError: Error, CustomStringConvertible {
  case undescribable(layer: String)
  case incomplete(String)
  case tooNew(version: Int)
  case notABundle(path: String, reason: String)
  case occupied(path: String)

  public var description: String {
    switch self {
    case .undescribable(let layer):
      "a bundle can't describe the layer '\(layer)'; it knows a backbone followed by pooling, "
        + "flatten, dropout, dense, normalization and activation layers. Save the weights alone, "
        + "and build the model in code"
    case .incomplete(let reason): "the bundle's model.json can't be used: \(reason)"
    case .tooNew(let version):
      "the bundle has format version \(version), which a newer Graft wrote; update Graft"
    case .notABundle(let path, let reason):
      "\(path) is not a model bundle (\(reason)); a bundle is a folder with model.json and "
        + "weights.safetensors, as `graft train` writes it"
    case .occupied(let path):
      "\(path) exists and is not a model bundle; choose another folder"
    }
  }
}
