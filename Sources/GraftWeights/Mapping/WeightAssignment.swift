import GraftGraph

/// Which tensor of a file each parameter of a model takes its value from; nothing is read yet.
public struct WeightAssignment: Sendable {
  public internal(set) var tensors: [ParameterPath: AssignedTensor] = [:]
  /// Parameters that keep their initial values, because the head is new.
  public internal(set) var fresh: [ParameterPath] = []
  /// Tensors of the file that no model needs, such as `num_batches_tracked`.
  public internal(set) var ignored: [String] = []
  /// Tensors of the file that belong to a head which the model does not take over.
  public internal(set) var dropped: [String] = []
  /// What a user should know of how the file was read: sentences on what was chosen among several,
  /// taken off, or left out.
  public internal(set) var notes: [String] = []

  /// What of it is for some parameters, by what follows `path` in theirs.
  package func below(
    _ path: String, _ parameters: some Sequence<Parameter>
  ) -> WeightAssignment {
    let start = path.isEmpty ? 0 : path.count + 1
    var part = WeightAssignment()
    for parameter in parameters {
      part.tensors[ParameterPath(String(parameter.path.description.dropFirst(start)))] =
        tensors[parameter.path]
    }
    return part
  }

  /// The tensor of a parameter, if the file gives it one.
  public subscript(path: ParameterPath) -> AssignedTensor? { tensors[path] }
}
