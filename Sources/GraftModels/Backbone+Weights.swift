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
  ///   - key: Where in the file to look, such as `state_dict` or `model.encoder_k`; by default it is
  ///     told by the network's parameters (see `WeightMap.assign`), and the weights' notes say so.
  /// - Throws: `WeightFileError`; `WeightMismatch` with all that is missing, left over, or of
  ///   another shape, by the map that comes closest; `GraphError`.
  public func loading(
    _ url: URL, keepsClassifier: Bool? = nil, under key: String? = nil
  ) throws -> Backbone {
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
      do {
        return try loading(file, as: variant, head, under: key)
      } catch let mismatch as WeightMismatch {
        if mismatch.count < nearest?.count ?? .max { nearest = mismatch }
      }
    }
    if file.format == .onnx { return try loadingByStructure(file, head, nearest) }
    if let found = try loadingByNumbers(file, head, under: key) { return found }
    // Each pass of the loop returns or leaves a mismatch, and there is at least one variant.
    let mismatch = nearest ?? WeightMismatch(file: url.path)
    throw file.numbersItsLayers ? mismatch.hinting(Self.numberedHint) : mismatch
  }

  /// The network as one project builds it, with tensors found by name.
  private func loading(
    _ file: WeightFile, as variant: Variant, _ head: HeadChoice, under key: String?
  ) throws -> Backbone {
    var result = self
    result.adopt(variant)
    // The names of a classifier that isn't taken over must be known too; one of images of other
    // sizes may not exist.
    let whole = result(includesTop: true, inputSize: variant.inputSize)
    let usual = try variant.usualWeightMaps(for: whole, file, dropsForeignHead: !includesTop)
    // What Graft exports by the network's own paths is in PyTorch's layout, whoever's network it is.
    let own: [WeightMap] = variant.source == .keras ? [.torch] : []
    var nearest: WeightMismatch?
    for map in variant.weightMaps + usual + own {
      do {
        result.weights = try result.assign(file, by: map, head, under: key)
        return result
      } catch let mismatch as WeightMismatch {
        if mismatch.count < nearest?.count ?? .max { nearest = mismatch }
      }
    }
    throw nearest ?? WeightMismatch(file: file.url.path)
  }

  private func assign(
    _ file: WeightFile, by map: WeightMap, _ head: HeadChoice, under key: String? = nil
  ) throws -> WeightAssignment {
    let parameters = try Model(self).outline().parameters
    let stem = inputChannels == 3 ? nil : parameters.first { $0.role == .convolutionKernel }
    return try map.assign(
      file, to: parameters, head: head, adaptingChannelsOf: stem?.path, under: key)
  }

  private static let numberedHint =
    "the file numbers its layers, as nn.Sequential(*list(model.children())) does, and they are not "
    + "this network's in order; name them in Python: put the weights into the model that was taken apart, "
    + "and save its state_dict()"

  /// The network of a file that numbers its children.
  private func loadingByNumbers(
    _ file: WeightFile, _ head: HeadChoice, under key: String?
  ) throws -> Backbone? {
    for variant in [variant] + variants.filter({ $0.source != variant.source })
    where variant.source != .keras {
      var result = self
      result.adopt(variant)
      let parameters = try Model(result).outline().parameters
      var own: [String] = []
      for name in parameters.compactMap({ $0.path.description.split(separator: ".").first }) {
        if own.last != String(name) { own.append(String(name)) }
      }
      let stem = inputChannels == 3 ? nil : parameters.first { $0.role == .convolutionKernel }
      var torch = WeightMap.torch
      (torch.ignoring, torch.lacking) = (torch.ignoring + variant.ignoring, variant.lacking)
      for map in variant.weightMaps + [torch] {
        result.weights = try map.assignNumbered(
          file, to: parameters, head: head, adaptingChannelsOf: stem?.path, under: key,
          children: [own] + WeightMap.childrenInTimm)
        if result.weights != nil { return result }
      }
    }
    return nil
  }

  /// The network of a file whose tensors were renamed when it was exported.
  private func loadingByStructure(
    _ file: WeightFile, _ head: HeadChoice, _ nearest: WeightMismatch?
  ) throws -> Backbone {
    let isKeras = file.metadata["producer"]?.hasPrefix("tf2onnx") ?? false
    let suited = variants.filter { ($0.source == .keras) == isKeras }
    for variant in [variant] + suited where suited.contains(where: { $0.source == variant.source })
    {
      var result = self
      result.adopt(variant)
      // As exporters have it, with images of three channels. How they are padded depends on their size.
      let size = file.imageSize ?? result.inputSize
      let graph = try Model(result(inputSize: size, inputChannels: 3)).trace(batchSize: 1)
        .specializedForInference().pruned()
      var map = isKeras ? WeightMap(layout: .tensorFlowONNX) : .torch
      map.lacking = variant.lacking
      guard let renamed = try file.renamed(after: graph, map.layout) else { continue }
      do {
        result.weights = try result.assign(renamed, by: map, head)
        return result
      } catch is WeightMismatch {
        continue
      }
    }
    throw (nearest ?? WeightMismatch(file: file.url.path)).hinting(
      "tensors of ONNX files are found by name, else by the network's structure; where both fail, export "
        + "with torch.onnx.export(model, inputs, path, optimize=False), or save the model's state_dict()"
    )
  }
}

extension Variant {
  /// How names in the source's own files relate to those of a model.
  func usualWeightMaps(
    for whole: Backbone, _ file: WeightFile, dropsForeignHead: Bool
  ) throws -> [WeightMap] {
    var maps: [WeightMap] = [.torch]
    if source == .keras {
      maps = WeightMap.allOfKeras(
        try Model(whole).outline(), dropsForeignHead: dropsForeignHead)
      if file.tensors.contains(where: { $0.name.hasPrefix("layers/") }) {
        maps.append(try .numberedKeras(whole))
      }
    }
    for index in maps.indices {
      maps[index].ignoring += ignoring
      maps[index].lacking += lacking
    }
    return maps
  }
}
