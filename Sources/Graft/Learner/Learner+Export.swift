public import GraftExport
import GraftModels

extension Learner {
  /// The model with the values that it has now, to be written in a format of others.
  public func exported() throws -> ModelExport {
    let store = try parameters()
    var values: [ParameterPath: [Float]] = [:]
    for path in try model.parameters.map(\.path) { values[path] = try store.values(at: path) }
    return ModelExport(
      model, values: values, preprocessing: (task as? ImageClassification)?.inputs.preprocessing)
  }
}
