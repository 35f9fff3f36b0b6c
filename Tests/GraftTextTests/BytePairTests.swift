import Foundation
import GraftText
import Testing

/// Byte-pair tokens are those of Hugging Face's `tokenizers` (make_byte_pair_fixtures.py).
@Suite struct BytePairTests {
  private static let folder = TextFixture.folder.appending(path: "bpe")

  @Test(arguments: ["tokenizer.json", "vocab.json"])
  func tokensAndOffsetsAreTheReference(_ file: String) throws {
    try expectCases(
      "cases.json", BytePairTokenizer(contentsOf: Self.folder.appending(path: file)))
  }

  @Test func spacesBeforeTextsAreTheReference() throws {
    let file = Self.folder.appending(path: "spaced.tokenizer.json")
    try expectCases("spaced.json", BytePairTokenizer(contentsOf: file))
  }

  @Test func pairsAreShortenedAsTheReferenceDoes() throws {
    let tokenizer = try Tokenizer(contentsOf: Self.folder.appending(path: "tokenizer.json"))
    let pairs: [TextFixture.Pair] = try TextFixture.read("bpe/pairs.json")
    #expect(pairs.count > 40)
    for pair in pairs {
      let found = tokenizer.tokenize(
        pair.first, pair.second, longest: pair.longest,
        truncation: pair.strategy == "only_second" ? .onlySecond : .longestFirst)
      #expect(found.ids == pair.ids, "\(pair)")
      #expect(found.typeIDs == pair.typeIDs, "\(pair)")
    }
  }

  private struct Windows: Decodable {
    let question: String, context: String
    let longest: Int, stride: Int
    let rows: [[Int32]]

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      (question, context) = (try row.decode(String.self), try row.decode(String.self))
      (longest, stride) = (try row.decode(Int.self), try row.decode(Int.self))
      rows = try row.decode([[Int32]].self)
    }
  }

  @Test func longTextsAreCutIntoWindowsAsTheReferenceDoes() throws {
    let tokenizer = try Tokenizer(contentsOf: Self.folder.appending(path: "vocab.json"))
    let cases: [Windows] = try TextFixture.read("bpe/windows.json")
    #expect(cases.map(\.rows.count).max() ?? 0 > 3)
    for test in cases {
      let found = try tokenizer.windows(
        test.question, test.context, longest: test.longest, stride: test.stride)
      #expect(found.map(\.ids) == test.rows)
    }
    for (longest, stride) in [(4, 0), (24, 23), (24, -1)] {
      #expect(throws: TokenizerError.self) {
        try tokenizer.windows("Who?", cases[0].context, longest: longest, stride: stride)
      }
    }
  }

  /// A text without spaces is one word, however long.
  @Test func longWordsTakeNoTime() throws {
    let tokenizer = try BytePairTokenizer(contentsOf: Self.folder.appending(path: "vocab.json"))
    let text = String(repeating: "light", count: 20_000)
    let start = ContinuousClock.now
    #expect(tokenizer.tokenize(text).count > 20_000)
    #expect(.now - start < .seconds(10))
  }

  @Test func kindsAreToldApartAndKept() throws {
    let bytePair = try Tokenizer(contentsOf: Self.folder.appending(path: "vocab.json"))
    let wordPiece = try Tokenizer(contentsOf: TextFixture.folder.appending(path: "vocab.txt"))
    for tokenizer in [
      bytePair, wordPiece,
      try Tokenizer(contentsOf: Self.folder.appending(path: "tokenizer.json")),
      try Tokenizer(contentsOf: TextFixture.folder.appending(path: "tokenizer.json")),
    ] {
      let data = try JSONEncoder().encode(tokenizer)
      #expect(try JSONDecoder().decode(Tokenizer.self, from: data) == tokenizer)
    }
    guard case .bytePair = bytePair, case .wordPiece(let own) = wordPiece else {
      Issue.record("a file was taken for another kind")
      return
    }
    // Written before there were kinds.
    let old = try JSONEncoder().encode(own)
    #expect(try JSONDecoder().decode(Tokenizer.self, from: old) == wordPiece)
  }

  /// GPT-2's vocabulary has a token "model", as a tokenizer.json has a member.
  @Test func aTokenMayBeCalledModel() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "graft-bpe-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = Self.folder.appending(path: "vocab.json")
    let count = try Tokenizer(contentsOf: file).tokens.count
    let whole = try String(contentsOf: file, encoding: .utf8)
    try (whole.dropLast() + ",\"model\":\(count)}").write(
      to: folder.appending(path: "vocab.json"), atomically: true, encoding: .utf8)
    try FileManager.default.copyItem(
      at: Self.folder.appending(path: "merges.txt"), to: folder.appending(path: "merges.txt"))
    let tokenizer = try Tokenizer(contentsOf: folder.appending(path: "vocab.json"))
    #expect(tokenizer.tokens.last == "model")
    guard case .bytePair = tokenizer else {
      Issue.record("a vocabulary was taken for another kind")
      return
    }
  }

  @Test func badFilesAreRefused() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "graft-bpe-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try String(
      contentsOf: Self.folder.appending(path: "tokenizer.json"), encoding: .utf8)
    let contents = [
      "{": "byte", #"{"a": 0}"#: "merges.txt", #"{"model": {"merges": []}}"#: "no vocabulary",
      #"{"model": {"vocab": {"a": 0}, "merges": ["a"]}}"#: "'a' is no pair",
      whole.replacingOccurrences(of: #""normalizer":null"#, with: #""normalizer":{"type":"NFC"}"#):
        "NFC",
      whole.replacingOccurrences(of: #""type":"BPE""#, with: #""type":"Unigram""#): "Unigram",
      whole.replacingOccurrences(of: #""byte_fallback":false"#, with: #""byte_fallback":true"#):
        "Graft reads byte-level BPE",
      whole.replacingOccurrences(of: #"["l","ight"]"#, with: #"["l","xyz"]"#): "'xyz'",
      whole.replacingOccurrences(of: #""<pad>""#, with: #""<fill>""#): "'<pad>'",
    ]
    for (content, word) in contents {
      let file = folder.appending(path: "file")
      try content.write(to: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: TokenizerError.self, "\(word)") {
        try BytePairTokenizer(contentsOf: file)
      }
      #expect(
        error?.description.contains(word) == true, "\(word): \(String(describing: error))")
    }
  }

  private func expectCases(_ file: String, _ tokenizer: BytePairTokenizer) throws {
    let cases: [TextFixture.Case] = try TextFixture.read("bpe/\(file)")
    #expect(cases.count >= 60)
    for test in cases {
      let found = tokenizer.tokenize(test.text)
      let text = "\(test.text.unicodeScalars.map { String($0.value, radix: 16) })"
      #expect(Array(found.ids.dropFirst().dropLast()) == test.ids, "\(text)")
      #expect(Array(found.offsets.dropFirst().dropLast()) == test.offsets, "\(text)")
    }
  }
}
