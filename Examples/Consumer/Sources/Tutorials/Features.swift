import Graft

extension Tutorials {
  /// A network without its last layers as an extractor of features, and what its layers in between give.
  static func extractFeatures(of folder: String) async throws {
    let photos = try ImageFolder(folder)
    let base = try await Backbone.resNet50(weights: .imageNet)
    let rows = try await base.features(of: photos)
    print("\(rows.count) photos, \(rows.first?.count ?? 0) features each")

    let vgg = try await Backbone.vgg16(weights: .imageNet)
    let layers = ["block1_conv2", "block2_conv2", "block3_conv3"]
    try await vgg.features(of: photos, layers: layers, batchSize: 4) { sample, values in
      let means = values.map { $0.reduce(0, +) / Float($0.count) }
      print(photos.classes[photos.label(at: sample)], zip(layers, means).map { "\($0) \($1)" })
    }
  }
}
