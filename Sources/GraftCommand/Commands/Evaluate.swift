import ArgumentParser
import Foundation
import Graft

struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loss and accuracy of a trained model on a folder of photos.")

  @Argument(help: "A model that `graft train` wrote.")
  var bundle: String

  @Argument(help: "A folder with one folder of photos per class.")
  var directory: String

  @Option(help: "Photos in one step.")
  var batchSize = 32

  @Option(help: "fail lists all unreadable photos and stops; skip goes on without them.")
  var onBadImage = BadImagePolicy.fail

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
    let learner = try Learner(
      bundle: URL(fileURLWithPath: bundle), device: shared.openDevice(), seed: shared.seed)
    limit.apply(to: &learner.preprocessing)
    let folder = try ImageFolder.heldOut(
      FilePath(display: directory), classes: learner.model.classNames)
    let (photos, skipped) = try folder.checked(
      onBadImage: onBadImage, preparedBy: learner.preprocessing)
    for notice in photos.notices { terminal.say("\(notice)") }
    for error in skipped { terminal.say("skipped \(error)") }
    let metrics = try await learner.evaluate(photos, batchSize: batchSize)
    terminal.say(
      "\(metrics.sampleCount) photos: accuracy \(metrics.accuracy.map(Format.percent) ?? "-"), "
        + "loss \(Format.fixed(Double(metrics.loss), 4))")
    guard shared.json else { return }
    try Terminal.printJSON(
      Result(
        accuracy: metrics.accuracy, loss: metrics.loss, sampleCount: metrics.sampleCount,
        skippedCount: skipped.count))
  }
}
