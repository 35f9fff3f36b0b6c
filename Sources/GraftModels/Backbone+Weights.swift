public import Foundation
import GraftWeights

extension Backbone {
  /// The same network with the weights of a file, which is only examined now and read when needed.
  ///
  /// - Parameters:
  ///   - url: A file of any format that ``WeightFile`` reads, with the names of any source that the
  ///     recipe knows.
  ///   - keepsClassifier: Whether the file's classifier is taken over; by default where the network
  ///     has one of as many classes. Otherwise what the file has of it is dropped.
  /// - Throws: `WeightFileError`; `WeightMismatch` with all that is missing, left over, or of
  ///   another shape.
  public func loading(_ url: URL, keepsClassifier: Bool? = nil) throws -> Backbone {
    let file = try WeightFile(contentsOf: url)
    let parameters = try Model(self).parameters
    let head: HeadChoice =
      if !includesTop {
        .withoutTop(recipe.classifier)
      } else if keepsClassifier ?? (classCount == 1000) {
        .whole
      } else {
        .newClasses(recipe.classifier)
      }
    var result = self
    result.weights = try assign(file, parameters, head)
    return result
  }

  /// The assignment by the first map that fits; the error of the one that comes closest otherwise.
  private func assign(
    _ file: WeightFile, _ parameters: [Parameter], _ head: HeadChoice
  ) throws -> WeightAssignment {
    var nearest: WeightMismatch?
    for map in recipe.weightMaps.dropLast() {
      do {
        return try map.assign(file, to: parameters, head: head)
      } catch let mismatch as WeightMismatch {
        if mismatch.count < nearest?.count ?? .max { nearest = mismatch }
      }
    }
    let last = recipe.weightMaps[recipe.weightMaps.count - 1]
    do {
      return try last.assign(file, to: parameters, head: head)
    } catch let mismatch as WeightMismatch {
      guard let nearest, nearest.count <= mismatch.count else { throw mismatch }
      throw nearest
    }
  }
}
