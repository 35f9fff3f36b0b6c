public import Foundation

extension Learner {
  /// Makes sure that ``save(to:)`` will be able to write the model down, as before a long training.
  ///
  /// A model that is never saved may have any layers, so training doesn't ask for this by itself;
  /// ``writeWeights(to:)`` and ``exported()`` take those that a bundle can't describe too.
  ///
  /// - Parameter url: Where it is to be saved, if that is to be checked as well.
  /// - Throws: ``BundleError``; what ``configuration()`` throws.
  public func checkSavable(to url: URL? = nil) throws {
    _ = try BundleManifest(self)
    if let url { try ModelBundle.checkPlace(url) }
  }
}
