public import Foundation
public import GraftGraph
import GraftLayers
import GraftWeights

extension TextEncoder {
  /// The network of a file of Hugging Face's names, with or without `bert.`, `roberta.` or
  /// `distilbert.` before them; its sizes are those of the file's tensors.
  ///
  /// The count of heads, which no tensor tells, is `headCount`, else what a `config.json` beside the file
  /// says, else that of the published network of as many channels.
  ///
  /// - Throws: `WeightFileError`; `WeightMismatch` with all that is missing, left over, or of another
  ///   shape; ``TextEncoderError`` where the file is of another kind or the heads aren't known.
  public init(contentsOf url: URL, headCount: Int? = nil) throws {
    let file = try WeightFile(contentsOf: url)
    let configuration = try Configuration(file, headCount: headCount)
    self.init(configuration)
    weights = try Self.map(of: configuration).assign(file, to: parameters())
  }

  /// The same network with the weights of a file, which is only examined now and read when needed.
  ///
  /// - Throws: `WeightFileError`; `WeightMismatch` with all that is missing, left over, or of another
  ///   shape.
  public func loading(_ url: URL) throws -> TextEncoder {
    var result = self
    result.weights = try Self.map(of: configuration).assign(
      WeightFile(contentsOf: url), to: parameters())
    return result
  }

  /// All parameters, by their names below the network's own path.
  ///
  /// - Throws: `GraphError` where the configuration makes no network.
  public func parameters() throws -> [Parameter] {
    let builder = GraphBuilder()
    var short = self
    short.length = 1
    _ = trace(short.inputs.inputs(batchSize: 1, of: builder), in: Scope(builder))
    return try builder.finish().parameters
  }

  /// Heads of other tasks in a file are left out; old files call a normalization's factors gamma and
  /// beta.
  private static func map(of configuration: Configuration) -> WeightMap {
    var ignoring = [
      #"(^|\.)position_ids$"#, #"^cls\."#, #"^lm_head\."#, #"^vocab_"#, #"^qa_outputs\."#,
      #"^(pre_)?classifier\."#,
    ]
    if !configuration.hasPooler { ignoring.append(#"(^|\.)pooler\."#) }
    return WeightMap(
      layout: .torch,
      rules: [
        .prefix(configuration.family.prefix, by: ""),
        .expression(#"LayerNorm\.gamma$"#, by: "LayerNorm.weight"),
        .expression(#"LayerNorm\.beta$"#, by: "LayerNorm.bias"),
      ], ignoring: ignoring)
  }
}

extension TextEncoder.Configuration {
  /// The sizes that the tensors of a file have.
  init(_ file: WeightFile, headCount: Int?) throws {
    let shapes = Dictionary(
      file.tensors.map { tensor -> (String, Shape) in
        let prefix = TextEncoder.Family.allCases.map(\.prefix).first {
          tensor.name.hasPrefix($0)
        }
        return (String(tensor.name.dropFirst(prefix?.count ?? 0)), tensor.shape)
      }, uniquingKeysWith: { first, _ in first })
    func extent(_ name: String, _ axis: Int) throws -> Int {
      guard let shape = shapes[name], shape.rank == 2 else {
        throw TextEncoderError(
          "\(file.url.path()) has no matrix '\(name)': it is no BERT, RoBERTa or DistilBERT by "
            + "Hugging Face's names")
      }
      return shape[axis]
    }
    let words = "embeddings.word_embeddings.weight"
    let isDistilled = shapes["transformer.layer.0.attention.q_lin.weight"] != nil
    let types = shapes["embeddings.token_type_embeddings.weight"]?.extents.first ?? 0
    let family: TextEncoder.Family = isDistilled ? .distilbert : types == 1 ? .roberta : .bert
    let names: TextEncoder.Names = isDistilled ? .distilBERT : .bert
    func layer(_ index: Int) -> String { "\(names.stack).layer.\(index)." }
    let channels = try extent(words, 1)
    self.init(
      family, vocabularyCount: try extent(words, 0), channels: channels,
      layerCount: (0...).prefix { shapes["\(layer($0))\(names.inner).weight"] != nil }.count,
      headCount: try headCount
        ?? Self.headCount(beside: file.url) ?? Self.usualHeadCount(channels, file.url))
    innerChannels = try extent("\(layer(0))\(names.inner).weight", 0)
    positionCount = try extent("embeddings.position_embeddings.weight", 0)
    typeCount = types
    hasPooler = shapes["pooler.dense.weight"] != nil
  }

  private struct File: Decodable {
    var numAttentionHeads: Int?
    var nHeads: Int?
  }

  /// What `config.json` in the file's folder says, if there is one.
  private static func headCount(beside url: URL) -> Int? {
    let file = url.deletingLastPathComponent().appending(path: "config.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = try? Data(contentsOf: file),
      let configuration = try? decoder.decode(File.self, from: data)
    else { return nil }
    return configuration.numAttentionHeads ?? configuration.nHeads
  }

  /// Those of Google's sizes of BERT, and of MiniLM, whose heads are half as wide.
  private static func usualHeadCount(_ channels: Int, _ url: URL) throws -> Int {
    let known = [128: 2, 256: 4, 384: 12, 512: 8, 768: 12, 1024: 16]
    if let count = known[channels] { return count }
    throw TextEncoderError(
      "no tensor of \(url.path()) tells how many heads its \(channels) channels are split among; "
        + "put the network's config.json beside it, or give headCount")
  }
}

/// A file that makes no ``TextEncoder``.
public struct TextEncoderError: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String

  /// Says what is wrong and how to mend it.
  public init(_ description: String) { self.description = description }
}
