public import Foundation

extension Backbone {
  /// The same network with published weights, built and fed as their project does.
  ///
  /// The size of the images becomes that of the weights unless another one was chosen.
  ///
  /// - Parameter url: The file, wherever it was put.
  /// - Throws: What ``loading(_:keepsClassifier:under:)`` throws.
  public func loading(_ published: PublishedWeights, from url: URL) throws -> Backbone {
    var result = self
    if let variant = variants.first(where: { $0.source == published.source }) {
      result.adopt(variant)
    }
    result = try result.loading(url)
    result.adopt(result.variant.prepared(for: published))
    return result
  }
}
