import Foundation
import Graft

/// What `graft features` does.
final class FeatureJob {
  private let options: Features
  private let layers: [String]
  private let learner: Learner
  private let feed: any SampleFeed
  private let paths: [String]?

  var sampleCount: Int { feed.sampleCount }

  init(_ options: Features, layers: [String]) async throws {
    self.options = options
    self.layers = layers
    let device = try options.shared.openDevice()
    var tensor: InputTensor?
    if let input = options.input {
      tensor = try InputTensor(contentsOf: URL(fileURLWithPath: input), layout: options.inputLayout)
    }
    if let bundle = options.bundle {
      learner = try Learner(bundle: URL(fileURLWithPath: bundle), device: device)
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
      feed = try ArrayFeed(
        samples: tensor.values, targets: [], sampleCount: tensor.shape[0])
      paths = nil
    } else {
      let files = try Self.files(options.photos)
      guard !files.isEmpty else { throw FeatureError.noPhotos(options.photos) }
      feed = try learner.feed(
        paths: files, preprocessing: options.pictures.adjusted(learner.preprocessing))
      paths = files
    }
  }

  /// Writes the features and returns their shapes.
  func run() throws -> [String: [Int]] {
    let types = try layers.map { try learner.model[$0].type.shape }
    let values = try learner.features(
      layers, of: feed, batchSize: min(options.batchSize, sampleCount))
    var tensors: [WritableTensor] = []
    var shapes: [String: [Int]] = [:]
    for (name, type) in zip(layers, types) {
      var extents = [sampleCount] + type.extents.dropFirst()
      var elements = values[name] ?? []
      if options.inputLayout == .nchw, options.input != nil, extents.count == 4 {
        elements = elements.channelsFirst(extents)
        extents = [extents[0], extents[3], extents[1], extents[2]]
      }
      shapes[name] = extents
      tensors.append(
        WritableTensor(name: name, shape: Shape(extents)) { [elements] in elements })
    }
    let url = URL(fileURLWithPath: options.output)
    try SafetensorsWriter.write(tensors, to: url)
    if let paths {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
      try encoder.encode(["photos": paths]).write(
        to: url.deletingPathExtension().appendingPathExtension("json"), options: .atomic)
    }
    return shapes
  }

  private static func backboneLearner(
    _ options: Features, _ layers: [String], _ tensor: InputTensor?, _ device: any Device
  ) async throws -> Learner {
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
    return try Learner(Model(backbone), device: device)
  }

  private static func files(_ paths: [String]) throws -> [String] {
    try paths.flatMap { path -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw FeatureError.missing(path)
      }
      guard isFolder.boolValue else { return [path] }
      return try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
        .map { "\(path)/\($0)" }
        .filter {
          ["jpg", "jpeg", "png", "webp"].contains(($0 as NSString).pathExtension.lowercased())
        }
    }
  }
}

/// The tensor `input` of a file, channels last.
struct InputTensor {
  let shape: Shape
  let values: [Float]

  init(contentsOf url: URL, layout: ImageLayout) throws {
    let file = try WeightFile(contentsOf: url)
    guard let tensor = file["input"] else { throw FeatureError.noInput(url.path) }
    guard tensor.shape.rank == 4, tensor.shape.count > 0 else {
      throw FeatureError.notImages(url.path, tensor.shape.extents)
    }
    let (shape, values) = (tensor.shape, try tensor.load())
    switch layout {
    case .nhwc: (self.shape, self.values) = (shape, values)
    case .nchw:
      self.shape = [shape[0], shape[2], shape[3], shape[1]]
      self.values = values.channelsLast(shape.extents)
    }
  }
}

/// A request for features that can't be met.
enum FeatureError: Error, CustomStringConvertible {
  case missing(String)
  case noInput(String)
  case notImages(String, [Int])
  case noPhotos([String])
  case wrongShape(expected: [Int], found: [Int])

  var description: String {
    switch self {
    case .missing(let path): "there is no file or folder '\(path)'"
    case .noInput(let path): "\(path) has no tensor named 'input'"
    case .notImages(let path, let shape):
      "\(path): the tensor 'input' has shape \(shape); expected are four axes, none of them empty"
    case .noPhotos(let paths):
      "there are no JPEG, PNG or WebP pictures in \(paths.joined(separator: ", "))"
    case .wrongShape(let expected, let found):
      "the images are \(found) (height, width, channels), but the network takes \(expected); "
        + "see --size and --input-layout"
    }
  }
}

extension [Float] {
  /// From (N, height, width, channels), the given extents, to (N, channels, height, width).
  func channelsFirst(_ extents: [Int]) -> [Float] {
    transposed(count: extents[0], rows: extents[1] * extents[2], columns: extents[3])
  }

  /// From (N, channels, height, width), the given extents, to (N, height, width, channels).
  func channelsLast(_ extents: [Int]) -> [Float] {
    transposed(count: extents[0], rows: extents[1], columns: extents[2] * extents[3])
  }

  private func transposed(count: Int, rows: Int, columns: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: self.count) { output, initializedCount in
      for matrix in 0..<count {
        let start = matrix * rows * columns
        for row in 0..<rows {
          for column in 0..<columns {
            output[start + column * rows + row] = self[start + row * columns + column]
          }
        }
      }
      initializedCount = self.count
    }
  }
}
