/// A question to a model that it can't answer.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No layer or endpoint has this name.
  case unknownLayer(String, model: String, nearest: [String])
  /// No backbone has this name.
  case unknownBackbone(String, nearest: [String])
  /// No published weights of the backbone have this tag.
  case unknownWeights(String, backbone: String, known: [String])
  /// A freeze plan, or rates, that ask for a backbone, of a model that has none or another.
  case noBackbone(model: String)
  /// A value of a backbone's weights that isn't of its parameter's shape in a model.
  case otherShape(ParameterPath, model: String, expected: Shape, found: Shape)
  /// The plan freezes every parameter.
  case nothingToTrain(plan: String, model: String)
  /// A factor of a layer's learning rate that is no number greater than 0.
  case impossibleRate(factor: Float, layer: String)

  public var description: String {
    switch self {
    case .unknownLayer(let name, let model, let nearest):
      "'\(model)' has no layer '\(name)'; \(Self.suggestion(nearest))"
    case .unknownBackbone(let name, let nearest):
      "there is no backbone '\(name)'; \(Self.suggestion(nearest))"
    case .unknownWeights(let tag, let backbone, let known):
      known.isEmpty
        ? "no weights of '\(backbone)' are known; name a file of them"
        : "'\(backbone)' has no published weights '\(tag)'; there are \(known.joined(separator: ", "))"
    case .noBackbone(let model):
      "'\(model)' does not contain the backbone that the freeze plan or the rates ask for; "
        + "name layers instead, or the backbone that the model was made with"
    case .otherShape(let path, let model, let expected, let found):
      "'\(path)' of '\(model)' is \(expected), but the backbone's weights have \(found) for it; load "
        + "them into a backbone of the channels and classes that it has in the model"
    case .nothingToTrain(let plan, let model):
      "freezing \(plan) leaves nothing of '\(model)' to train; freeze less, or add a layer"
    case .impossibleRate(let factor, let layer):
      "the rate of '\(layer)' can't be multiplied by \(factor), only by a number greater than 0; "
        + "freeze a layer that is to stay as it is"
    }
  }

  private static func suggestion(_ nearest: [String]) -> String {
    "did you mean \(nearest.map { "'\($0)'" }.joined(separator: ", "))?"
  }
}
