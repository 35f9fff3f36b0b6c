import GraftWeights

extension WeightMap {
  /// PyTorch's names, without the classifiers in between that only helped the original training.
  ///
  /// - Parameter pattern: A regular expression of their names.
  static func ignoringAuxiliaryHeads(_ pattern: String) -> WeightMap {
    var map = WeightMap.torch
    map.ignoring.append(pattern)
    return map
  }
}
