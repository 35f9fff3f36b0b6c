public import Foundation

extension Learner {
  /// Makes sure that ``save(to:)`` will be able to write the model down, as before a long training: that
  /// a bundle can describe it and, where a place is given, that nothing else is there and the disk has
  /// room.
  ///
  /// A model that is never saved may have any layers, so training doesn't ask for this by itself;
  /// ``writeWeights(to:)`` and ``exported()`` take those that a bundle can't describe too.
  ///
  /// - Parameter url: Where it is to be saved, if that is to be checked as well.
  /// - Throws: ``BundleError``; what ``configuration()`` throws.
  public func checkSavable(to url: URL? = nil) throws {
    let manifest = try BundleManifest(self).encoded()
    guard let url else { return }
    let parameters = try model.parameters
    // Names and shapes, and what more epochs add to the history.
    let describing = 2 * manifest.count + 256 * parameters.count + 1 << 16
    try ModelBundle.checkPlace(
      url, byteCount: describing + parameters.reduce(0) { $0 + $1.type.byteCount })
  }
}
