public import Foundation
import GraftWeights

extension Backbone {
  /// The same network with the weights of a file, which is only examined now and read when needed.
  ///
  /// Whose weights they are is told by the names in the file: the network is built as that project
  /// does (see ``variants``).
  ///
  /// Where the images don't have three channels, but the file's have, the first kernel is adapted as
  /// timm does: summed over the channels for one, else repeated and scaled.
  ///
  /// - Parameters:
  ///   - url: A file of any format that `WeightFile` reads.
  ///   - keepsClassifier: Whether the file's classifier is taken over; by default where the network
  ///     has one of as many classes. Otherwise what the file has of it is dropped.
  /// - Throws: `WeightFileError`; `WeightMismatch` with all that is missing, left over, or of
  ///   another shape, by the map that comes closest; `GraphError`.
  public func loading(_ url: URL, keepsClassifier: Bool? = nil) throws -> Backbone {
    let file = try WeightFile(contentsOf: url)
    let head: HeadChoice =
      if !includesTop {
        .withoutTop(recipe.classifier)
      } else if keepsClassifier ?? (classCount == 1000) {
        .whole
      } else {
        .newClasses(recipe.classifier)
      }
    var nearest: WeightMismatch?
    for variant in [variant] + variants.filter({ $0.source != variant.source }) {
      var result = self
      result.adopt(variant)
      let parameters = try Model(result).outline().parameters
      let stem = inputChannels == 3 ? nil : parameters.first { $0.role == .convolutionKernel }
      // The names of a classifier that isn't taken over must be known too; one of images of other
      // sizes may not exist.
      let whole = try Model(result(includesTop: true, inputSize: variant.inputSize)).outline()
      // What Graft exports by the network's own paths is in PyTorch's layout, whoever's network it is.
      let own: [WeightMap] = variant.source == .keras ? [.torch] : []
      let usual = variant.usualWeightMaps(for: whole, dropsForeignHead: !includesTop)
      for map in variant.weightMaps + usual + own {
        do {
          result.weights = try map.assign(
            file, to: parameters, head: head, adaptingChannelsOf: stem?.path)
          return result
        } catch let mismatch as WeightMismatch {
          if mismatch.count < nearest?.count ?? .max { nearest = mismatch }
        }
      }
    }
    // Each pass of the loops returns or leaves a mismatch, and there is at least one variant.
    throw nearest ?? WeightMismatch(file: url.path)
  }
}

extension Variant {
  /// How names in the source's own files relate to those of a model.
  func usualWeightMaps(for outline: Outline, dropsForeignHead: Bool) -> [WeightMap] {
    var maps =
      source == .keras
      ? WeightMap.allOfKeras(outline, dropsForeignHead: dropsForeignHead) : [.torch]
    for index in maps.indices {
      maps[index].ignoring += ignoring
      maps[index].lacking += lacking
    }
    return maps
  }
}
