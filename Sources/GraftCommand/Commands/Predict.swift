import ArgumentParser
import Foundation
import Graft

struct Predict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The class that a trained model gives each photo or text.",
    discussion: """
      Texts are given as --text, as .txt files or folders of them, or as tables (.csv, .tsv) with a \
      column of texts.

      What can't be read is named on standard error (and in `errors` with --json), the others \
      are answered for, and the exit status is 65.
      """)

  @Argument(help: "A model that `graft train` wrote.")
  var bundle: String

  @OptionGroup var files: PictureArguments

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A text to tell the class of; may be given repeatedly.")
  var text: [String] = []

  @Option(help: "The column of texts of a table; by default text, sentence, review or the like.")
  var textColumn: String?

  @Option(help: "How many classes to show for each photo or text.")
  var top = 1

  @OptionGroup var limit: PixelLimitOption
  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    struct Answer: Encodable {
      var `class`: String
      var probability: Float
    }
    struct Prediction: Encodable {
      /// The file; absent for a text of the command line.
      var path: String?
      /// The place in a table, counted from 1 and without the row of names.
      var row: Int?
      /// The text, unless it is a whole file.
      var text: String?
      /// The most probable one of `classes`.
      var `class` = ""
      var probability: Float = 0
      /// As many as --top asks for, the most probable one first.
      var classes: [Answer] = []

      /// What a line says of: the file, its row, or the text itself.
      var name: String {
        guard let path else { return text ?? "" }
        return row.map { "\(path):\($0)" } ?? path
      }
    }
    var predictions: [Prediction]
    /// What could not be read.
    var errors: [PictureFailure]
  }

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top takes a number from 1 on") }
    guard !files.photos.isEmpty || !text.isEmpty else {
      throw ValidationError("name at least one photo or text")
    }
  }

  func run() async throws {
    switch try TrainedModel(bundle: bundle, device: shared.openDevice(), seed: shared.seed) {
    case .pictures(let learner): try await predict(learner)
    case .texts(let learner): try await predict(learner)
    }
  }

  private func predict(_ learner: Learner<ImageClassification>) async throws {
    for (option, isGiven) in [("--text", !text.isEmpty), ("--text-column", textColumn != nil)]
    where isGiven {
      throw ValidationError("\(option) is for models that read texts, but \(bundle) reads pictures")
    }
    limit.apply(to: &learner.preprocessing)
    let pictures = files.pictures()
    let (answers, unreadable) = try await learner.predict(readable: pictures.paths)
    try tell(
      answers.map { answer in
        (Result.Prediction(path: pictures.paths[answer.sample]), answer)
      }, failures: pictures.failures(unreadable), learner.model.classNames)
  }

  private func predict(_ learner: Learner<TextClassification>) async throws {
    guard limit.pixelLimit == nil else {
      throw ValidationError("--pixel-limit is for photos, but \(bundle) reads texts")
    }
    var selection = TextSelection(column: textColumn)
    for value in text { selection.add(text: value) }
    for path in PackedArguments.unpacked(files.photos) { selection.add(path) }
    let answers = try await learner.predict(selection.texts.map { Labeled($0.text) })
    try tell(
      zip(selection.texts, answers).map { asked, answer in
        (
          Result.Prediction(
            path: asked.path, row: asked.row, text: asked.isFile ? nil : asked.text.text), answer
        )
      }, failures: selection.failures, learner.model.classNames)
  }

  private func tell(
    _ answers: [(asked: Result.Prediction, answer: ClassPrediction)], failures: [PictureFailure],
    _ classes: [String]
  ) throws {
    let predictions = answers.compactMap { asked, answer -> Result.Prediction? in
      var prediction = asked
      prediction.classes = answer.top(top).map {
        Result.Answer(
          class: $0 < classes.count ? classes[$0] : "\($0)", probability: answer.probabilities[$0])
      }
      guard let first = prediction.classes.first else { return nil }
      (prediction.class, prediction.probability) = (first.class, first.probability)
      return prediction
    }
    try files.tell(failures)
    for prediction in predictions {
      let list = prediction.classes.map { "\($0.class) \(Format.percent($0.probability))" }
      Terminal.show("\(prediction.name): \(list.joined(separator: ", "))")
    }
    if shared.json {
      try Terminal.printJSON(Result(predictions: predictions, errors: failures))
    }
    try ExitCode.check(failures)
  }
}

extension ClassPrediction {
  /// The most probable classes, the most probable one first.
  func top(_ count: Int) -> [Int] {
    Array(probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }.prefix(count))
  }
}
