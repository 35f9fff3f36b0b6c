import CommandRunner
import Foundation
import Testing

/// What options of `graft train` leave in the bundle: the very values, not just another result.
@Suite("Options in the bundle")
struct BundleOptionTests {
  private static let training =
    "train photos --device cpu --backbone mobilenetv2 --size 32 --epochs 1 --output new.graft"

  /// `model.json` after training with options.
  private static func manifest(_ options: String) async throws -> Manifest {
    let photos = try Photos()
    let run = try await CommandRun("\(training) \(options)", in: photos)
    try #require(run.status == 0, "\(run.output)")
    let url = photos.folder.appending(path: "new.graft/model.json")
    return try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: url))
  }

  @Test(arguments: [
    (
      "--optimizer sgd --rate 2e-3 --weight-decay 0.25",
      Manifest.Optimizer(method: "sgd", rate: 2e-3, weightDecay: 0.25, momentum: 0.9)
    ),
    (
      "--rate 3e-3 --weight-decay 0.5",
      Manifest.Optimizer(method: "adam", rate: 3e-3, weightDecay: 0.5, momentum: 0)
    ),
    (
      "--optimizer adamw --weight-decay 0.125 --fine-tune-last 2 --fine-tune-epochs 1 "
        + "--fine-tune-rate 2e-5",
      Manifest.Optimizer(method: "adamw", rate: 2e-5, weightDecay: 0.125, momentum: 0)
    ),
  ])
  func optimizers(options: String, expected: Manifest.Optimizer) async throws {
    #expect(try await Self.manifest(options).training.optimizer == expected)
  }

  @Test func headsAndFineTuning() async throws {
    let manifest = try await Self.manifest(
      "--head-pooling maximum --head-units 4 --dropout 0.25 --seed 5 --statistics batch "
        + "--fine-tune-from features.18 --fine-tune-epochs 2 --backbone-rate-factor 0.5")
    let layers = manifest.layers
    #expect(layers.map(\.layer) == ["backbone", "globalMaxPooling", "dense", "dropout", "dense"])
    #expect(layers[2].units == 4 && layers[2].activation == "relu")
    #expect(layers[3].rate == 0.25)
    #expect(layers[4].units == 2 && layers[4].activation == nil)
    let training = manifest.training
    #expect(training.seed == 5)
    #expect(training.statistics == "batch")
    #expect(training.freezing == ["upTo": ["layer": "features.18"]])
    #expect(training.rates.backbone?.factor == 0.5)
    // 1280 · 4 + 4 and 4 · 2 + 2 of the head; then also 320 · 1280 and 2 · 1280 of the layer.
    #expect(manifest.history.epochs.map(\.trainableCount) == [5134, 417_294, 417_294])
  }

  /// Of six photos in batches of three, epochs end with the second and the fourth step.
  @Test(arguments: [
    ("constant", [1, 1]), ("cosine", [0.853553, 0.146447]), ("linear", [0.75, 0.25]),
  ])
  func schedules(name: String, factors: [Double]) async throws {
    let epochs = try await Self.manifest("--epochs 2 --batch-size 3 --schedule \(name)")
      .history.epochs
    #expect(epochs.count == 2)
    for (epoch, factor) in zip(epochs, factors) {
      #expect(abs(epoch.rate - 1e-3 * factor) < 1e-8)
    }
  }

  @Test func preparation() async throws {
    let manifest = try await Self.manifest(
      "--fit pad --pixels caffe --decode fast --pixel-limit 2 --statistics batch")
    let preparation = manifest.preprocessing
    #expect(preparation.channelOrder == "bgr")
    #expect(preparation.mean == [103.939, 116.779, 123.68])
    #expect(preparation.jpegDecoding == "shrinkOnLoad")
    #expect(preparation.pixelLimit == 2_000_000)
    let white = Manifest.Color(red: 255, green: 255, blue: 255)
    #expect(preparation.resizeRule.padToSquare?.color == white)
    #expect(manifest.history.epochs[0].validation?.sampleCount == 2)
    #expect(manifest.training.statistics == "batch")
  }

  /// At such a rate a loss tells what came in: held-out photos neither mirrored nor augmented.
  @Test func heldOutPhotosAreNeverAugmented() async throws {
    func epoch(_ augmentation: String) async throws -> Manifest.Epoch {
      let photos = try Photos()
      for (index, picture) in ["rgb-420.jpg", "exif-2.jpg", "progressive.jpg"].enumerated() {
        try photos.put(Photos.picture(picture), as: "photos/colourful/more\(index).jpg")
      }
      let run = try await CommandRun(
        "\(Self.training) --rate 1e-30 --validation 0.4 --augment \(augmentation)", in: photos)
      try #require(run.status == 0, "\(run.output)")
      let url = photos.folder.appending(path: "new.graft/model.json")
      let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: url))
      return manifest.history.epochs[0]
    }
    let plain = try await epoch("none")
    for (name, factor) in [("mirror", 2), ("flip", 1), ("standard", 1)] {
      let augmented = try await epoch(name)
      let (found, expected) = (augmented.validation, try #require(plain.validation))
      #expect(found?.sampleCount == expected.sampleCount)
      #expect(abs((found?.loss ?? 0) - expected.loss) < 1e-6, "\(name)")
      #expect(augmented.training.sampleCount == factor * plain.training.sampleCount)
      #expect(abs(augmented.training.loss - plain.training.loss) > 1e-5, "\(name)")
    }
  }

  /// At such a rate both losses are those of the untrained head, as the weights count its answers.
  @Test func classWeightsCountInBothLosses() async throws {
    func epoch(_ weights: String) async throws -> Manifest.Epoch {
      let photos = try Photos()
      try photos.put(Data(#"{"grey": 1, "colourful": 3}"#.utf8), as: "weights")
      try photos.put(Data(#"{"grey": 1, "colourful": 0}"#.utf8), as: "grey")
      try photos.put(Data(#"{"grey": 0, "colourful": 1}"#.utf8), as: "colourful")
      let run = try await CommandRun(
        "\(Self.training) --rate 1e-30 --class-weights \(weights)", in: photos)
      try #require(run.status == 0, "\(run.output)")
      let url = photos.folder.appending(path: "new.graft/model.json")
      return try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: url)).history.epochs[0]
    }
    let (grey, colourful) = (try await epoch("grey"), try await epoch("colourful"))
    let both = try await epoch("weights")
    func mean(_ loss: (Manifest.Epoch) -> Double) -> Double {
      (loss(grey) + 3 * loss(colourful)) / 4
    }
    #expect(abs(grey.training.loss - colourful.training.loss) > 1e-3)
    #expect(abs(both.training.loss - mean(\.training.loss)) < 1e-5)
    #expect(abs((both.validation?.loss ?? 0) - mean { $0.validation?.loss ?? 0 }) < 1e-5)
  }
}

/// What tests read of `model.json`.
struct Manifest: Decodable {
  struct Optimizer: Decodable, Equatable {
    var method: String
    var rate, weightDecay, momentum: Float
  }
  struct Rates: Decodable {
    struct Factor: Decodable { var factor: Double }
    var backbone: Factor?
  }
  struct Training: Decodable {
    var optimizer: Optimizer
    var seed: UInt64
    var statistics: String
    var freezing: [String: [String: String]]
    var rates: Rates
    private enum CodingKeys: CodingKey { case optimizer, seed, statistics, freezing, rates }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      optimizer = try container.decode(Optimizer.self, forKey: .optimizer)
      seed = try container.decode(UInt64.self, forKey: .seed)
      statistics = try container.decode(String.self, forKey: .statistics)
      rates = (try? container.decode(Rates.self, forKey: .rates)) ?? Rates()
      freezing =
        (try? container.decode([String: [String: String]].self, forKey: .freezing)) ?? [:]
    }
  }
  struct Layer: Decodable {
    var layer: String
    var units: Int?
    var activation: String?
    var rate: Double?
  }
  struct Metrics: Decodable {
    var loss: Double
    var sampleCount: Int
  }
  struct Epoch: Decodable {
    var rate: Double
    var trainableCount: Int
    var training: Metrics
    var validation: Metrics?
  }
  struct History: Decodable { var epochs: [Epoch] }
  struct Color: Decodable, Equatable { var red, green, blue: Int }
  struct Rule: Decodable {
    struct Padding: Decodable { var color: Color }
    var padToSquare: Padding?
  }
  struct Preparation: Decodable {
    var channelOrder, jpegDecoding: String
    var mean: [Double]
    var pixelLimit: Int?
    var resizeRule: Rule
  }
  var layers: [Layer]
  var training: Training
  var history: History
  var preprocessing: Preparation
}
