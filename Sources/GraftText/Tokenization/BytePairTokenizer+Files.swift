public import Foundation

extension BytePairTokenizer {
  /// The tokenizer of a `tokenizer.json` of Hugging Face's, or of a `vocab.json` with its `merges.txt`
  /// beside it.
  ///
  /// - Parameter options: For a `vocab.json`, which says nothing of them; a `tokenizer.json` does.
  /// - Throws: ``TokenizerError`` where the file is none of these or holds another kind of tokenizer;
  ///   what reading the files throws.
  public init(contentsOf url: URL, options: Options = Options()) throws {
    let data = try Data(contentsOf: url)
    do {
      let bytes = Array(data)
      guard let model = try JSONMembers.model(of: bytes[...]) else {
        let merges = url.deletingLastPathComponent().appending(path: "merges.txt")
        try self.init(
          tokens: JSONMembers.tokens(bytes[...]), merges: Self.merges(contentsOf: merges),
          options: options)
        return
      }
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let file = try decoder.decode(BytePairFile.self, from: data)
      guard let vocabulary = try JSONMembers.value(of: "vocab", in: model) else {
        throw TokenizerError("the file has no vocabulary")
      }
      try self.init(
        tokens: file.adding(to: JSONMembers.tokens(vocabulary)), merges: file.model.merges,
        options: file.options())
    } catch let error as TokenizerError {
      throw TokenizerError(
        file: error.file.isEmpty ? url.path() : error.file, error.explanation)
    } catch let error as DecodingError {
      throw TokenizerError(file: url.path(), "this is no tokenizer.json: \(error)")
    }
  }

  /// Whether a file is a vocabulary of this kind: a JSON object that is no `tokenizer.json` of another.
  static func isBytePair(_ url: URL) throws -> Bool {
    let bytes = Array(try Data(contentsOf: url))
    guard bytes.first(where: { !($0 == 0x20 || 0x09...0x0D ~= $0) }) == UInt8(ascii: "{") else {
      return false
    }
    guard let model = try JSONMembers.model(of: bytes[...]) else { return true }
    let type = try JSONMembers.value(of: "type", in: model)
    return type.map { String(decoding: $0, as: UTF8.self).contains("BPE") } ?? false
  }

  /// The pairs of a `merges.txt`, one a line, after a line with its version.
  private static func merges(contentsOf url: URL) throws -> [Merge] {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw TokenizerError(
        file: url.path(), "this file of pairs can't be read; a vocab.json needs it beside it")
    }
    return try text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" })
      .filter { !$0.starts(with: "#version".unicodeScalars) }
      .map { try Merge(line: String($0)) }
  }
}

extension BytePairTokenizer.Merge {
  /// A pair with a space between.
  init(line: String) throws(TokenizerError) {
    let parts = line.unicodeScalars.split(separator: " ")
    guard parts.count == 2 else {
      throw TokenizerError("'\(line)' is no pair of tokens with a space between")
    }
    self.init(String(parts[0]), String(parts[1]))
  }
}

extension JSONMembers {
  /// The model of a `tokenizer.json`; `nil` of a vocabulary, which may have a token of that name.
  static func model(of bytes: ArraySlice<UInt8>) throws(TokenizerError) -> ArraySlice<UInt8>? {
    let value = try value(of: "model", in: bytes)
    return value?.first == UInt8(ascii: "{") ? value : nil
  }

  /// The tokens by their numbers, of an object that gives each its number.
  static func tokens(_ vocabulary: ArraySlice<UInt8>) throws(TokenizerError) -> [String] {
    var members = try JSONMembers(vocabulary)
    var entries: [(token: String, number: Int?)] = []
    while let (token, value) = try members.next() {
      entries.append(
        (token, Int(String(decoding: value, as: UTF8.self).filter { !$0.isWhitespace })))
    }
    var tokens: [String?] = Array(repeating: nil, count: entries.count)
    for (token, number) in entries {
      guard let number, tokens.indices.contains(number), tokens[number] == nil else {
        throw TokenizerError(
          "token '\(token)' has the number \(number.map(String.init) ?? "none"); "
            + "\(tokens.count) tokens are numbered from 0 on, each once")
      }
      tokens[number] = token
    }
    return tokens.compactMap(\.self)
  }
}

/// What Graft reads of a `tokenizer.json`.
private struct BytePairFile: Decodable {
  struct Model: Decodable {
    var type: String?
    var merges: [BytePairTokenizer.Merge]
    var dropout: Float?
    var continuingSubwordPrefix: String?
    var endOfWordSuffix: String?
    var byteFallback: Bool?
    var ignoreMerges: Bool?

    private enum Key: String, CodingKey {
      case type, merges, dropout, continuingSubwordPrefix, endOfWordSuffix, byteFallback
      case ignoreMerges
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      type = try container.decodeIfPresent(String.self, forKey: .type)
      dropout = try container.decodeIfPresent(Float.self, forKey: .dropout)
      continuingSubwordPrefix = try container.decodeIfPresent(
        String.self, forKey: .continuingSubwordPrefix)
      endOfWordSuffix = try container.decodeIfPresent(String.self, forKey: .endOfWordSuffix)
      byteFallback = try container.decodeIfPresent(Bool.self, forKey: .byteFallback)
      ignoreMerges = try container.decodeIfPresent(Bool.self, forKey: .ignoreMerges)
      // Older files write a pair as one string.
      if let lines = try? container.decode([String].self, forKey: .merges) {
        merges = try lines.map { try BytePairTokenizer.Merge(line: $0) }
      } else {
        merges = try container.decode([[String]].self, forKey: .merges).map { pair in
          guard pair.count == 2 else {
            throw TokenizerError("\(pair) is no pair of tokens")
          }
          return BytePairTokenizer.Merge(pair[0], pair[1])
        }
      }
    }
  }
  struct Part: Decodable {
    var type: String
    var addPrefixSpace: Bool?
    var trimOffsets: Bool?
    var useRegex: Bool?
    var sep: Name?
    var cls: Name?
  }
  /// A token's name, before its number.
  struct Name: Decodable {
    var token: String

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      token = try container.decode(String.self)
    }
  }
  struct Added: Decodable {
    var id: Int
    var content: String
  }

  var model: Model
  var normalizer: Part?
  var preTokenizer: Part?
  var postProcessor: Part?
  var addedTokens: [Added]?

  /// Tokens that stand beside the vocabulary, as those that were added after it was learned.
  func adding(to tokens: [String]) throws(TokenizerError) -> [String] {
    var tokens = tokens
    for added in (addedTokens ?? []).sorted(by: { $0.id < $1.id }) {
      if added.id == tokens.count {
        tokens.append(added.content)
      } else if !tokens.indices.contains(added.id) || tokens[added.id] != added.content {
        throw TokenizerError(
          "the added token '\(added.content)' has the number \(added.id), but there are \(tokens.count) "
            + "tokens")
      }
    }
    return tokens
  }

  func options() throws(TokenizerError) -> BytePairTokenizer.Options {
    let isPlain =
      (model.dropout ?? 0) == 0 && (model.continuingSubwordPrefix ?? "").isEmpty
      && (model.endOfWordSuffix ?? "").isEmpty && model.byteFallback != true
      && model.ignoreMerges != true
    guard model.type ?? "BPE" == "BPE", isPlain, normalizer == nil,
      let preTokenizer, preTokenizer.type == "ByteLevel", preTokenizer.useRegex != false
    else {
      throw TokenizerError(
        "a \(model.type ?? "") tokenizer with \(normalizer?.type ?? "no") normalizer and words cut by "
          + "\(preTokenizer?.type ?? "nothing"); Graft reads byte-level BPE as RoBERTa and GPT-2 have it"
      )
    }
    var options = BytePairTokenizer.Options()
    options.addsSpace = preTokenizer.addPrefixSpace ?? true
    options.trimsOffsets = postProcessor?.trimOffsets ?? true
    if let first = postProcessor?.cls, let separator = postProcessor?.sep {
      (options.first, options.separator) = (first.token, separator.token)
    }
    return options
  }
}
