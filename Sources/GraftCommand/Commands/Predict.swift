import ArgumentParser
import Foundation
import Graft

struct Predict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The class that a trained model gives each photo.",
    discussion: """
      A photo that can't be read is named on standard error (and in `errors` with --json), the others \
      are answered for, and the exit status is 65.
      """)

  @Argument(help: "A model that `graft train` wrote.")
  var bundle: String

  @OptionGroup var files: PictureArguments

  @Option(help: "How many classes to show for each photo.")
  var top = 1

  @OptionGroup var limit: PixelLimitOption
  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    struct Answer: Encodable {
      var `class`: String
      var probability: Float
    }
    struct Prediction: Encodable {
      var path: String
      /// The most probable one of `classes`.
      var `class`: String
      var probability: Float
      /// As many as --top asks for, the most probable one first.
      var classes: [Answer]
    }
    var predictions: [Prediction]
    /// The photos that could not be read.
    var errors: [PictureFailure]
  }

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top takes a number from 1 on") }
    guard !files.photos.isEmpty else { throw ValidationError("name at least one photo") }
  }

  func run() async throws {
    let learner = try Learner(
      bundle: URL(fileURLWithPath: bundle), device: shared.openDevice(), seed: shared.seed)
    limit.apply(to: &learner.preprocessing)
    let classes = learner.model.classNames
    let pictures = files.pictures()
    let (answers, unreadable) = try await learner.predict(readable: pictures.paths)
    let predictions = answers.compactMap { answer -> Result.Prediction? in
      let best = answer.top(top).map {
        Result.Answer(
          class: $0 < classes.count ? classes[$0] : "\($0)", probability: answer.probabilities[$0])
      }
      guard let first = best.first else { return nil }
      return Result.Prediction(
        path: pictures.paths[answer.sample], class: first.class, probability: first.probability,
        classes: best)
    }
    let failures = pictures.failures(unreadable)
    try files.tell(failures)
    for prediction in predictions {
      let list = prediction.classes.map { "\($0.class) \(Format.percent($0.probability))" }
      Terminal.show("\(prediction.path): \(list.joined(separator: ", "))")
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
