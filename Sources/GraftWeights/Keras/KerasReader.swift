/// Reads the weight files of Keras 1 to 3 and gives every tensor the name `layer/variable`.
///
/// - Legacy `.h5` (Keras 1 and 2, and whole models): the names that the file spells out. What
///   Keras 1 called `W`, `b`, `running_mean` and `running_std` is called as today.
/// - `.weights.h5` and `.keras` (Keras 3): variables are only numbered there, so they are named by
///   the layer's class. Layers carry their own name since Keras 3.6; files that are older number
///   the layers of each class in the model's order, and are read as `layers/conv2d_3/kernel`.
///
/// Names that Keras made up (`conv2d_17`) depend on what else was built before the model, so they
/// are numbered anew from zero, in the order in which the layers were made.
enum KerasReader {
  /// The name of the weights within a `.keras` archive.
  static let archivedWeights = "model.weights.h5"

  static func read(_ bytes: ByteView) throws -> WeightFileContent {
    let tree = try HDF5Tree(HDF5File(bytes))
    var content = WeightFileContent(metadata: tree.attributes[""] ?? [:])
    // Whole models come with their configuration, which is long and says nothing about weights.
    for key in ["model_config", "training_config"] { content.metadata[key] = nil }
    let names = KerasNames(tree.tensors.map(\.name), attributes: tree.attributes)
    content.tensors = zip(tree.tensors, names.names).map { $0.renamed($1) }
    return content
  }

  static func read(_ archive: ZipArchive) throws -> WeightFileContent {
    guard let entry = archive[archivedWeights] else {
      throw archive.bytes.malformed("the archive has no \(archivedWeights)")
    }
    let bytes = try entry.content()
    guard HDF5File.recognizes(bytes) else {
      throw archive.bytes.malformed("\(archivedWeights) in the archive is not HDF5")
    }
    return try read(bytes)
  }
}
