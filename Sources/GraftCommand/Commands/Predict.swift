import ArgumentParser
import Foundation
import Graft

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The class that a trained model gives each photo.")

  @Argument(help: "A model that `graft train` wrote.")
  var bundle: String

  @Argument(help: "Photos.")
  var photos: [String]

  @Option(help: "How many classes to show for each photo.")
  var top = 1

  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    struct Prediction: Encodable {
      var path: String
      var `class`: String
      var probability: Float
    }
    var predictions: [Prediction]
  }

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top takes a number from 1 on") }
    guard !photos.isEmpty else { throw ValidationError("name at least one photo") }
  }

  func run() throws {
    let learner = try Learner(
      bundle: URL(fileURLWithPath: bundle), device: shared.openDevice(), seed: shared.seed)
    let classes = learner.model.classNames
    func name(_ index: Int) -> String { index < classes.count ? classes[index] : "\(index)" }
    let results = try learner.predict(paths: photos)
    for result in results {
      let best = result.probabilities.indices
        .sorted { result.probabilities[$0] > result.probabilities[$1] }.prefix(top)
      let answers = best.map { "\(name($0)) \(Format.percent(result.probabilities[$0]))" }
      print("\(photos[result.sample]): \(answers.joined(separator: ", "))")
    }
    guard shared.json else { return }
    try Terminal.printJSON(
      Result(
        predictions: results.map {
          Result.Prediction(
            path: photos[$0.sample], class: name($0.predicted), probability: $0.probability)
        }))
  }
}
