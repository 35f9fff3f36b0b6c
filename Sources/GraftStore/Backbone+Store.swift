public import Foundation
public import GraftModels

/// Which weights a backbone starts with.
public enum WeightChoice: Sendable, Hashable {
  /// The usual ones that were trained on ImageNet.
  case imageNet
  /// Those of the catalogue with this tag, such as `torchvision-v1` (see `PublishedWeights`).
  case published(String)
  /// Those of a file of any format that `WeightFile` reads.
  ///
  /// Of a file that holds several networks, `under` says which one, such as `state_dict`.
  case file(URL, under: String? = nil)
  /// Initial values, which the seed of the learner decides.
  case random
}

extension Backbone {
  /// The same network with weights, which are fetched where they are not at hand, and with other
  /// options; what isn't given stays.
  ///
  /// Preprocessing and size of the images become those of the weights, unless a size is given.
  ///
  /// - Throws: ``WeightStoreError``; `ModelError` where nobody publishes such weights; what
  ///   ``loading(_:keepsClassifier:under:)`` throws.
  public func callAsFunction(
    weights: WeightChoice, includesTop: Bool? = nil, classCount: Int? = nil,
    pooling: Pooling? = nil, inputSize: Extent2D? = nil, store: WeightStore = WeightStore(),
    progress: WeightStore.Progress? = nil
  ) async throws -> Backbone {
    let network = self(
      includesTop: includesTop, classCount: classCount, pooling: pooling, inputSize: inputSize)
    let published: PublishedWeights
    switch weights {
    case .random: return network
    case .file(let url, let key): return try network.loading(url, under: key)
    case .imageNet: published = try .of(self, tag: nil)
    case .published(let tag): published = try .of(self, tag: tag)
    }
    guard published.includesTop || !network.includesTop else {
      throw WeightStoreError.noClassifier(published)
    }
    return try network.loading(
      published, from: try await store.fetch(published, progress: progress))
  }
}
