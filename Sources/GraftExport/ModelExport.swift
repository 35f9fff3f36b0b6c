public import GraftData
public import GraftGraph
public import GraftModels

/// A model with its values, ready to be written in a format of others.
public struct ModelExport: Sendable {
  public let model: Model
  /// How pictures become what the model takes.
  public let preprocessing: Preprocessing
  /// The value of every parameter, in Graft's layout.
  let values: [ParameterPath: [Float]]

  /// - Parameter values: Of every parameter of the model, in Graft's layout.
  public init(
    _ model: Model, values: [ParameterPath: [Float]], preprocessing: Preprocessing? = nil
  ) {
    (self.model, self.values) = (model, values)
    self.preprocessing = preprocessing ?? model.preprocessing
  }

  /// Whether the model reads pictures, and not texts.
  var isOfPictures: Bool { model.network is Chain }

  /// The value of a parameter.
  ///
  /// - Throws: ``ExportError/missingValue(_:)``.
  @Sendable public func value(of parameter: Parameter) throws -> [Float] {
    guard let value = values[parameter.path] else {
      throw ExportError.missingValue(parameter.path.description)
    }
    return value
  }
}
