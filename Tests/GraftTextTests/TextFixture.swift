import Foundation
import GraftText

/// What make_tokenizer_fixtures.py wrote.
enum TextFixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/text")

  static func tokenizer() throws -> WordPieceTokenizer {
    try WordPieceTokenizer(contentsOf: folder.appending(path: "vocab.txt"))
  }

  static func read<Value: Decodable>(_ file: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: file)))
  }

  /// A text, its tokens and where they stand in it.
  struct Case: Decodable {
    let text: String
    let ids: [Int32]
    let offsets: [Range<Int>]

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      text = try row.decode(String.self)
      ids = try row.decode([Int32].self)
      offsets = try row.decode([[Int]].self).map { $0[0]..<$0[1] }
    }
  }

  /// Two texts, and what is left of their tokens.
  struct Pair: Decodable {
    let first: String, second: String
    let longest: Int
    let strategy: String
    let ids: [Int32]
    let typeIDs: [Int32]

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      (first, second) = (try row.decode(String.self), try row.decode(String.self))
      (longest, strategy) = (try row.decode(Int.self), try row.decode(String.self))
      (ids, typeIDs) = (try row.decode([Int32].self), try row.decode([Int32].self))
    }
  }
}
