public import Foundation

extension WordPieceTokenizer {
  /// The tokenizer of a `vocab.txt`, a token a line, or of a `tokenizer.json` of Hugging Face's.
  ///
  /// - Parameter options: For a `vocab.txt`, which says nothing of them; a `tokenizer.json` does.
  /// - Throws: ``TokenizerError`` where the file is none of these or holds another kind of tokenizer;
  ///   what reading the file throws.
  public init(contentsOf url: URL, options: Options = Options()) throws {
    let data = try Data(contentsOf: url)
    do {
      if data.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{") {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(TokenizerFile.self, from: data)
        try self.init(tokens: file.tokens(of: Array(data)), options: file.options())
      } else {
        try self.init(tokens: Self.lines(of: data), options: options)
      }
    } catch let error as TokenizerError {
      throw TokenizerError(file: url.path(), error.explanation)
    } catch let error as DecodingError {
      throw TokenizerError(file: url.path(), "this is no tokenizer.json: \(error)")
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

  /// The lines of a file, without white space at their ends.
  private static func lines(of data: Data) -> [String] {
    var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      let end = line.lastIndex { !isSpace($0) }
      return String(decoding: end.map { line[...$0] } ?? line.prefix(0), as: UTF8.self)
    }
  }
}

/// What Graft reads of a `tokenizer.json`.
private struct TokenizerFile: Decodable {
  struct Model: Decodable {
    var type: String?
    var unkToken: String?
    var continuingSubwordPrefix: String?
    var maxInputCharsPerWord: Int?
  }
  struct Normalizer: Decodable {
    var type: String
    var cleanText: Bool?
    var handleChineseChars: Bool?
    var stripAccents: Bool?
    var lowercase: Bool?
  }
  struct Part: Decodable { var type: String }

  var model: Model
  var normalizer: Normalizer?
  var preTokenizer: Part?

  /// The tokens by their numbers, which the file of these bytes gives.
  func tokens(of bytes: [UInt8]) throws(TokenizerError) -> [String] {
    guard model.type ?? "WordPiece" == "WordPiece" else {
      throw TokenizerError("a \(model.type ?? "") tokenizer; Graft reads WordPiece here")
    }
    guard preTokenizer.map({ $0.type == "BertPreTokenizer" }) ?? true else {
      throw TokenizerError(
        "words are cut by \(preTokenizer?.type ?? ""); Graft reads BertPreTokenizer")
    }
    guard let model = try JSONMembers.value(of: "model", in: bytes[...]),
      let vocabulary = try JSONMembers.value(of: "vocab", in: model)
    else { throw TokenizerError("the file has no vocabulary") }
    return try JSONMembers.tokens(vocabulary)
  }

  func options() throws(TokenizerError) -> WordPieceTokenizer.Options {
    var options = WordPieceTokenizer.Options()
    if let normalizer {
      guard normalizer.type == "BertNormalizer" else {
        throw TokenizerError(
          "text is normalized by \(normalizer.type); Graft reads BertNormalizer")
      }
      options.normalization = TextNormalization(
        lowercases: normalizer.lowercase ?? true, stripsAccents: normalizer.stripAccents,
        cleans: normalizer.cleanText ?? true,
        separatesIdeographs: normalizer.handleChineseChars ?? true)
    }
    options.unknown = model.unkToken ?? options.unknown
    options.continuation = model.continuingSubwordPrefix ?? options.continuation
    options.longestWord = max(0, model.maxInputCharsPerWord ?? options.longestWord)
    return options
  }
}
