import ArgumentParser
import Foundation
import Graft

/// A text encoder as the command is asked for it: a name and where its weights are.
struct TextNetwork {
  static let usual = "minilm-l6"

  /// The networks by name; those without sizes take any of their family.
  private static let known:
    [(name: String, family: TextEncoder.Family, TextEncoder.Configuration?)] =
      [
        ("minilm-l6", .bert, .miniLML6), ("bert-base", .bert, .bertBase),
        ("bert-large", .bert, .bertLarge), ("bert", .bert, nil),
        ("distilbert", .distilbert, nil), ("roberta", .roberta, nil),
      ]

  /// The names of all networks that read texts.
  static var names: [String] { known.map(\.name) }

  let name: String
  private let family: TextEncoder.Family
  private let configuration: TextEncoder.Configuration?
  private let weights: String
  private let isOffline: Bool

  /// - Throws: `ValidationError` where the network reads pictures, or no weights are named.
  init(_ options: BackboneOptions, default usual: String) throws {
    let name = options.givenBackbone ?? usual
    guard let found = Self.known.first(where: { $0.name == name }) else {
      let isBackbone = (try? Backbone.named(name)) != nil
      throw ValidationError(
        (isBackbone
          ? "\(name) reads pictures, but the data are texts"
          : "there is no network '\(name)' that reads texts")
          + "; give --backbone \(Self.names.joined(separator: ", "))")
    }
    guard let weights = options.weights, weights != "random" else {
      throw ValidationError(
        "\(name) needs weights with their vocabulary to learn from texts: give --weights "
          + "\(PublishedEncoder.all.map(\.name).joined(separator: ", ")), or --weights FOLDER, with "
          + "model.safetensors, config.json and tokenizer.json or vocab.txt as Hugging Face has them"
      )
    }
    (self.name, self.weights) = (name, weights)
    (family, configuration) = (found.family, found.2)
    isOffline = options.offline
  }

  /// The network with its weights, and the tokenizer that goes with them.
  func load(
    vocabulary: String?, terminal: Terminal
  ) async throws -> (TextEncoder, Tokenizer) {
    var url = URL(fileURLWithPath: weights)
    if let published = PublishedEncoder.named(weights) {
      url = try await WeightStore(isOffline: isOffline).fetch(published)
    }
    if ModelBundle.exists(at: url) {
      let bundle = try ModelBundle(url)
      guard let encoder = try bundle.textEncoder(), let task = bundle.task as? TextClassification
      else { throw ValidationError("\(weights) is a model that reads no texts") }
      try check(encoder)
      return (encoder, try vocabulary.map(tokenizer) ?? task.inputs.tokenizer)
    }
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw ValidationError("there is no file or folder '\(weights)' with weights")
    }
    let file = Self.weightFile(at: url)
    let encoder = try TextEncoder(contentsOf: file)
    try check(encoder)
    return (encoder, try tokenizer(vocabulary ?? Self.vocabulary(beside: file)))
  }

  private func check(_ encoder: TextEncoder) throws {
    let found = encoder.configuration
    guard found.family == family else {
      throw ValidationError(
        "\(weights) is a network of the kind \(found.family.rawValue), not \(name); give --backbone "
          + found.family.rawValue)
    }
    guard let configuration else { return }
    guard
      (configuration.layerCount, configuration.channels) == (found.layerCount, found.channels)
    else {
      throw ValidationError(
        "\(weights) has \(found.layerCount) layers of \(found.channels) channels, but \(name) has "
          + "\(configuration.layerCount) of \(configuration.channels); give --backbone \(family.rawValue)"
      )
    }
  }

  private func tokenizer(_ path: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: URL(fileURLWithPath: path))
  }

  /// The file of a folder as Hugging Face has it, or the file itself.
  private static func weightFile(at url: URL) -> URL {
    let names = ["model.safetensors", "pytorch_model.bin"].map { url.appending(path: $0) }
    return names.first { FileManager.default.fileExists(atPath: $0.path) } ?? url
  }

  private static func vocabulary(beside file: URL) throws -> String {
    let folder = file.deletingLastPathComponent()
    let paths = ["tokenizer.json", "vocab.txt", "vocab.json"].map {
      folder.appending(path: $0).path
    }
    guard let found = paths.first(where: FileManager.default.fileExists) else {
      throw ValidationError(
        "there is no tokenizer.json, vocab.txt or vocab.json beside \(file.path); give --vocabulary FILE"
      )
    }
    return found
  }
}
