import ArgumentParser
import Graft

/// What a training on texts takes besides.
struct TextOptions: ParsableArguments {
  @OptionGroup var columns: ColumnOptions

  @Option(help: "The most tokens of a text; the rest of longer ones is left out. [default: 128]")
  var maxLength: Int?

  @Option(
    help: """
      What stands for a text: mean (of all tokens), first (the first token) or pooler (that one \
      through a layer of the network's own). [default: mean]
      """)
  var textPooling: TextClassifier.Pooling?

  @Option(
    help: """
      The vocabulary: a tokenizer.json or vocab.txt; by default what lies beside the weights.
      """)
  var vocabulary: String?

  func validate() throws { try Limits.require("--max-length", maxLength, in: 4...65_536) }

  /// The most tokens of a text.
  ///
  /// - Throws: `ValidationError` where the network doesn't take as many as were asked for.
  func longest(for encoder: TextEncoder) throws -> Int {
    guard let maxLength else { return min(128, encoder.longestText) }
    guard maxLength <= encoder.longestText else {
      throw ValidationError(
        "the network reads texts of up to \(encoder.longestText) tokens, not of \(maxLength) as "
          + "--max-length says")
    }
    return maxLength
  }

  /// Makes sure that none of the options is given.
  func requireNone(for path: String) throws {
    let given = [
      ("--text-column", columns.textColumn != nil), ("--label-column", columns.labelColumn != nil),
      ("--max-length", maxLength != nil), ("--text-pooling", textPooling != nil),
      ("--vocabulary", vocabulary != nil),
    ]
    if let option = given.first(where: \.1)?.0 {
      throw ValidationError("\(option) is for texts, but \(path) holds photos; leave it out")
    }
  }
}

/// Which columns of a table are read.
struct ColumnOptions: ParsableArguments {
  @Option(
    help: "The column of texts of a table; by default text, sentence, review, content or the like.")
  var textColumn: String?

  @Option(
    help: """
      The column of classes of a table; by default label, class, category, target or sentiment.
      """)
  var labelColumn: String?
}

extension TextClassifier.Pooling: ExpressibleByArgument {}
