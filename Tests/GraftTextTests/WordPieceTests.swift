import Foundation
import GraftText
import Testing

/// WordPiece tokens are those of Hugging Face's `tokenizers` (make_tokenizer_fixtures.py).
@Suite struct WordPieceTests {
  @Test(arguments: ["vocab.txt", "tokenizer.json"])
  func tokensAndOffsetsAreTheReference(_ file: String) throws {
    let tokenizer = try WordPieceTokenizer(contentsOf: TextFixture.folder.appending(path: file))
    try expectCases("cases.json", tokenizer)
  }

  @Test func casedTokensAreTheReference() throws {
    let file = TextFixture.folder.appending(path: "cased.tokenizer.json")
    try expectCases("cased.json", WordPieceTokenizer(contentsOf: file))
  }

  @Test func pairsAreShortenedAsTheReferenceDoes() throws {
    let tokenizer = try TextFixture.tokenizer()
    let pairs: [TextFixture.Pair] = try TextFixture.read("pairs.json")
    #expect(pairs.count > 40)
    for pair in pairs {
      let found = tokenizer.tokenize(
        pair.first, pair.second, longest: pair.longest,
        truncation: pair.strategy == "only_second" ? .onlySecond : .longestFirst)
      #expect(found.ids == pair.ids, "\(pair)")
      #expect(found.typeIDs == pair.typeIDs, "\(pair)")
    }
  }

  @Test func textsAreFramedAndFoundAgain() throws {
    let tokenizer = try TextFixture.tokenizer()
    let found = tokenizer.tokenize("Grafting", "Ünable light")
    #expect(
      found.ids.map { tokenizer.tokens[Int($0)] } == [
        "[CLS]", "graft", "##ing", "[SEP]", "un", "##able", "light", "[SEP]",
      ])
    #expect(found.typeIDs == [0, 0, 0, 0, 1, 1, 1, 1])
    #expect(found.texts == [nil, 0, 0, nil, 1, 1, 1, nil])
    #expect(found.offsets == [0..<0, 0..<5, 5..<8, 0..<0, 0..<2, 2..<6, 7..<12, 0..<0])
    #expect(tokenizer.tokenize("graft graft graft", longest: 4).ids.count == 4)
    #expect(tokenizer.tokenize("graft", longest: 0).ids.count == 2)
  }

  @Test func badFilesAreRefused() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "graft-tokenizer-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let contents = [
      "a\nb\n": "'[UNK]'", "": "'[UNK]'", "{": "tokenizer.json",
      #"{"model": {"type": "BPE"}}"#: "BPE", #"{"model": {}}"#: "no vocabulary",
      #"{"model": {"vocab": {"a": 0, "b": 7}}}"#: "'b' has the number 7",
      #"{"model": {"vocab": {"a": 0, "b": 0}}}"#: "'b' has the number 0",
      #"{"model": {"vocab": {"a": null}}}"#: "'a' has the number none",
      #"{"model": {"vocab": {"a": 0}}, "normalizer": {"type": "NFC"}}"#: "NFC",
      #"{"model": {"vocab": {"a": 0}}, "pre_tokenizer": {"type": "ByteLevel"}}"#: "ByteLevel",
    ]
    for (content, word) in contents {
      let file = folder.appending(path: "file")
      try content.write(to: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: TokenizerError.self) { try WordPieceTokenizer(contentsOf: file) }
      #expect(error?.description.contains(word) == true, "\(content): \(String(describing: error))")
    }
  }

  private func expectCases(_ file: String, _ tokenizer: WordPieceTokenizer) throws {
    let cases: [TextFixture.Case] = try TextFixture.read(file)
    #expect(cases.count >= 60)
    for test in cases {
      let found = tokenizer.tokenize(test.text)
      let text = "\(test.text.unicodeScalars.map { String($0.value, radix: 16) })"
      #expect(Array(found.ids.dropFirst().dropLast()) == test.ids, "\(text)")
      #expect(Array(found.offsets.dropFirst().dropLast()) == test.offsets, "\(text)")
    }
  }
}
