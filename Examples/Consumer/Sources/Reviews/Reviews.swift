import Foundation
import Graft

/// Learns to tell friendly sentences of film reviews from unfriendly ones, on a frozen text encoder and then
/// with its last layers.
///
///     Reviews MODEL_FOLDER SENTENCES
///
/// The folder holds `model.safetensors`, `config.json` and `tokenizer.json` as Hugging Face has them, of
/// MiniLM or another BERT. Each line of the sentences is: number, rating from -4 to 4, sentence, with tabs
/// between; ratings from -1 to 1 are left out, and of the rest 2,500 are drawn.
@main
struct Reviews {
  static func main() async throws {
    guard CommandLine.arguments.count == 3 else {
      print("usage: Reviews MODEL_FOLDER SENTENCES")
      exit(64)
    }
    let folder = URL(fileURLWithPath: CommandLine.arguments[1])
    let encoder = try TextEncoder(contentsOf: folder.appending(path: "model.safetensors"))
    let tokenizer = try WordPieceTokenizer(contentsOf: folder.appending(path: "tokenizer.json"))
    let rows = try readRows(URL(fileURLWithPath: CommandLine.arguments[2]))
    for seed in 0..<3 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var drawn = rows
      generator.shuffle(&drawn)
      drawn = Array(drawn.prefix(2500))
      let reviews = try TextDataset(
        drawn.map { Text($0.text) }, labels: drawn.map { $0.rating > 0 ? 1 : 0 },
        classes: ["unfriendly", "friendly"]
      ).split(validation: 0.2, seed: seed)
      let learner = try Learner(
        TextClassifier(encoder, outputCount: 2), classNames: reviews.classes,
        tokenizer: tokenizer, longest: 64, freezing: .allOf(encoder), optimizer: .adamW(1e-3),
        device: DeviceChoice.cpu.open(), seed: seed)
      try await learner.fit(reviews, epochs: 20)
      let frozen = try await learner.evaluate(reviews.validation).accuracy ?? 0
      learner.freezing = .upTo("encoder.layer.4")
      learner.optimizer = .adamW(2e-5)
      try await learner.fit(reviews, epochs: 2)
      let tuned = try await learner.evaluate(reviews.validation).accuracy ?? 0
      print("seed \(seed): \(frozen) frozen, \(tuned) with the last two layers")
      print(try await learner.predict("A delight from beginning to end.")[0].probabilities)
    }
  }

  private static func readRows(_ url: URL) throws -> [(text: String, rating: Float)] {
    try String(contentsOf: url, encoding: .isoLatin1).split(whereSeparator: \.isNewline)
      .compactMap { line in
        let fields = line.split(separator: "\t", maxSplits: 2)
        guard fields.count == 3, let rating = Float(fields[1]), abs(rating) > 1 else { return nil }
        return (String(fields[2]), rating)
      }
  }
}
