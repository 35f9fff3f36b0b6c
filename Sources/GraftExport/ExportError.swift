/// A model that can't be written in the format asked for.
public enum ExportError: Error, CustomStringConvertible {
  case missingValue(String)
  /// A layer with weights for which Keras has no name.
  case noKerasLayer(String, model: String)

  /// A layer that Keras's network has even without its classifier, and Graft's only with it.
  case endsInKeras(String, model: String)
  /// A parameter that Keras's network doesn't have.
  case notInKeras(String)
  /// An operation that the format can't say.
  case unsupported(_ operation: String, reason: String, layer: String)

  public var description: String {
    switch self {
    case .endsInKeras(let layer, let model):
      "without its classifier Keras's '\(model)' ends with '\(layer)', which this model has not; "
        + "write the network with its classifier, or with PyTorch's names"
    case .notInKeras(let path):
      "Keras's network has no '\(path)', and its value is not one that could be left out; write it "
        + "with PyTorch's names"
    case .unsupported(let operation, let reason, let layer):
      "\(operation) of '\(layer)' can't be written as ONNX: \(reason)"
    case .missingValue(let path): "the parameter '\(path)' has no value to write"
    case .noKerasLayer(let layer, let model):
      "Keras has no layer for '\(layer)' of '\(model)'; write it with PyTorch's names"
    }
  }
}
