import ArgumentParser
import Foundation
import Graft

struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loss and accuracy of a trained model on photos or texts.")

  @Argument(help: "A model that `graft train` wrote.")
  var bundle: String

  @Argument(help: "A folder with one folder per class, or a table of texts.")
  var directory: String

  @Option(help: "Samples in one step.")
  var batchSize = 32

  @Option(help: "fail lists all unreadable photos and stops; skip goes on without them.")
  var onBadImage = BadImagePolicy.fail

  @OptionGroup var columns: ColumnOptions
  @OptionGroup var limit: PixelLimitOption
  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    var accuracy: Float?
    var loss: Float
    var sampleCount: Int
    var skippedCount: Int
  }

  func validate() throws { try Limits.require("--batch-size", batchSize, in: Limits.extent) }

  func run() async throws {
    let terminal = Terminal()
    let model = try TrainedModel(bundle: bundle, device: shared.openDevice(), seed: shared.seed)
    try model.check(directory, DataKind(of: directory), of: bundle)
    switch model {
    case .pictures(let learner): try await evaluate(learner, terminal)
    case .texts(let learner):
      let texts = try TextData(directory, columns).dataset(classes: learner.model.classNames)
      let metrics = try await learner.evaluate(texts, batchSize: batchSize)
      try tell(metrics, of: "texts", skipped: 0, terminal)
    }
  }

  private func evaluate(_ learner: Learner<ImageClassification>, _ terminal: Terminal) async throws
  {
    limit.apply(to: &learner.preprocessing)
    let folder = try ImageFolder.heldOut(
      FilePath(display: directory), classes: learner.model.classNames)
    let (photos, skipped) = try folder.checked(
      onBadImage: onBadImage, preparedBy: learner.preprocessing)
    for notice in photos.notices { terminal.say("\(notice)") }
    for error in skipped { terminal.say("skipped \(error)") }
    let metrics = try await learner.evaluate(photos, batchSize: batchSize)
    try tell(metrics, of: "photos", skipped: skipped.count, terminal)
  }

  private func tell(
    _ metrics: Metrics, of noun: String, skipped: Int, _ terminal: Terminal
  ) throws {
    terminal.say(
      "\(metrics.sampleCount) \(noun): accuracy \(metrics.accuracy.map(Format.percent) ?? "-"), "
        + "loss \(Format.fixed(Double(metrics.loss), 4))")
    guard shared.json else { return }
    try Terminal.printJSON(
      Result(
        accuracy: metrics.accuracy, loss: metrics.loss, sampleCount: metrics.sampleCount,
        skippedCount: skipped))
  }
}
