import GraftRuntime
import GraftWeights

extension ParameterStore {
  /// Takes over the tensors of a file; they are read when a device needs them.
  func load(_ weights: WeightAssignment?) {
    for (path, tensor) in weights?.tensors ?? [:] {
      set(path, shape: tensor.shape) { try tensor.load() }
    }
  }
}
