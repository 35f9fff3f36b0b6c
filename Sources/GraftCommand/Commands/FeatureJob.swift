import Foundation
import Graft

/// What `graft features` does.
final class FeatureJob {
  private let options: Features
  private let layers: [String]
  private let learner: Learner<ImageClassification>
  private let feed: any BatchSource
  private let pictures: PictureSelection?
  /// Notes the pictures that can't be read.
  private let noted = SampleFailures()

  init(_ options: Features, layers: [String]) async throws {
    self.options = options
    self.layers = layers
    let device = try options.shared.openDevice()
    var tensor: InputTensor?
    if let input = options.input {
      tensor = try InputTensor(contentsOf: URL(fileURLWithPath: input), layout: options.inputLayout)
    }
    if let bundle = options.bundle {
      learner = try TrainedModel.ofPictures(bundle, device: device)
    } else {
      learner = try await Self.backboneLearner(options, layers, tensor, device)
    }
    if let tensor {
      let size = learner.model.inputSize
      let expected = [size.height, size.width, learner.model.inputChannels]
      guard Array(tensor.shape.extents.dropFirst()) == expected else {
        throw FeatureError.wrongShape(
          expected: expected, found: Array(tensor.shape.extents.dropFirst()))
      }
      feed = try BatchLoader(
        ArrayDataset(
          values: tensor.values, sampleShape: expected,
          labels: Array(repeating: 0, count: tensor.shape[0])), learner.task,
        options: .init(readsTargets: false))
      pictures = nil
    } else {
      let pictures = options.files.pictures()
      feed = try learner.feed(
        paths: pictures.paths, preprocessing: options.pictures.adjusted(learner.preprocessing),
        noting: noted)
      self.pictures = pictures
    }
  }

  /// Writes the features.
  ///
  /// - Returns: The tensors' shapes, how many samples there are rows of, and the pictures without one.
  /// - Throws: ``UnreadablePictures`` where none can be read, or all were to be.
  func run() async throws -> (shapes: [String: [Int]], sampleCount: Int, failures: [PictureFailure])
  {
    let outline = try learner.model.outline()
    var rows: [String: Row] = [:]
    for name in layers {
      let shape = try outline.endpoint(name).type.shape.extents.dropFirst()
      rows[name] = Row(shape: Array(shape), isTurned: turnsMaps && shape.count == 3)
    }
    let url = URL(fileURLWithPath: options.output)
    var writer = try SafetensorsRowWriter(
      rows.map { (name: $0, rowShape: Shape($1.writtenShape)) }, rowLimit: feed.sampleCount, to: url
    )
    try await write(rows, by: &writer)
    let unreadable = try noted.images
    let failures = pictures?.failures(unreadable) ?? []
    let sampleCount = writer.rowCount
    if sampleCount == 0 { throw UnreadablePictures(failures: failures) }
    try options.files.tell(failures)
    try writer.finish()
    if let pictures { try list(pictures, but: unreadable, beside: url) }
    return (rows.mapValues { [sampleCount] + $0.writtenShape }, sampleCount, failures)
  }

  private func write(
    _ rows: [String: Row], by writer: inout SafetensorsRowWriter
  ) async throws {
    guard feed.sampleCount > 0 else { return }
    try await learner.features(
      layers, of: feed, batchSize: min(options.batchSize, feed.sampleCount)
    ) { batch, values in
      let unreadable = try noted.images
      let kept = batch.samples.indices.filter { unreadable[batch.samples[$0]] == nil }
      var written: [String: [Float]] = [:]
      for (name, row) in rows { written[name] = row.picked(kept, of: values[name]) }
      try writer.append(written, count: kept.count)
    }
  }

  /// Writes which picture each row is of.
  private func list(
    _ pictures: PictureSelection, but unreadable: [Int: ImageError], beside url: URL
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
    let paths = pictures.paths.indices.filter { unreadable[$0] == nil }.map { pictures.paths[$0] }
    try encoder.encode(["photos": paths]).write(
      to: url.deletingPathExtension().appendingPathExtension("json"), options: .atomic)
  }

  /// Whether maps are turned so that channels come first, as in the tensor that was given.
  private var turnsMaps: Bool { options.inputLayout == .nchw && options.input != nil }

  /// What a layer gives for one sample, and how it is written.
  private struct Row {
    /// Of a map: height, width, channels.
    var shape: [Int]
    /// Whether channels come first in the file.
    var isTurned: Bool

    var writtenShape: [Int] { isTurned ? [shape[2], shape[0], shape[1]] : shape }

    /// Some rows of a batch, as they are written.
    func picked(_ rows: [Int], of elements: [Float]) -> [Float] {
      let width = shape.reduce(1, *)
      let picked =
        rows.count * width == elements.count
        ? elements : rows.flatMap { elements[$0 * width..<($0 + 1) * width] }
      return isTurned ? picked.channelsFirst([rows.count] + shape) : picked
    }
  }

  private static func backboneLearner(
    _ options: Features, _ layers: [String], _ tensor: InputTensor?, _ device: any Device
  ) async throws -> Learner<ImageClassification> {
    var network = options.network
    if network.size == nil, let tensor, tensor.shape[1] == tensor.shape[2] {
      network.size = tensor.shape[1]
    }
    let top = try Backbone.named(network.backbone)
    // Without its classifier where no layer of it is asked for, so that its weights may be missing.
    let needsTop = layers.contains { name in
      top.recipe.classifier.contains { name == $0 || name.hasPrefix($0 + ".") }
        || ["logits", "output", "predictions"].contains(name)
    }
    var backbone = try await network.makeBackbone(includesTop: needsTop)
    if !needsTop || layers.contains("pooled") { backbone = backbone(pooling: .average) }
    return try Learner(Model(backbone), device: device, seed: options.shared.seed)
  }
}

/// A request for features that can't be met.
enum FeatureError: Error, CustomStringConvertible {
  case noInput(String)
  case notImages(String, [Int])
  case wrongShape(expected: [Int], found: [Int])

  var description: String {
    switch self {
    case .noInput(let path): "\(path) has no tensor named 'input'"
    case .notImages(let path, let shape):
      "\(path): the tensor 'input' has shape \(shape); expected are four axes, none of them empty"
    case .wrongShape(let expected, let found):
      "the images are \(found) (height, width, channels), but the network takes \(expected); "
        + "see --size and --input-layout"
    }
  }
}
