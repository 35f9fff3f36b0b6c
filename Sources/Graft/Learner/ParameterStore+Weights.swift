import GraftGraph
import GraftRuntime
import GraftWeights

extension ParameterStore {
  /// Takes over the tensors of files; they are read when a device needs them.
  func load(_ tensors: [ParameterPath: AssignedTensor]) {
    for (path, tensor) in tensors {
      set(path, shape: tensor.shape) { try tensor.load() }
    }
  }
}
