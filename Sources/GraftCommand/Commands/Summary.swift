import ArgumentParser
import Graft

struct Summary: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Layers, parameters, what trains and what memory a training step takes.")

  @OptionGroup var subject: LearnerOptions

  @Option(help: "Samples in one step.")
  var batch = 32

  @Flag(help: "List the layers around other layers too.")
  var allLayers = false

  @OptionGroup var shared: SharedOptions

  func validate() throws { try Limits.require("--batch", batch, in: Limits.extent) }

  func run() async throws {
    let summary: ModelSummary
    switch try await subject.makeModel(shared) {
    case .pictures(let learner): summary = try learner.summary(batchSize: batch)
    case .texts(let learner):
      let classes = learner.model.classNames.joined(separator: ", ")
      Terminal.show(
        "Tells texts of up to \(learner.task.inputs.lengths.first ?? 0) tokens apart: \(classes)")
      summary = try learner.summary(batchSize: batch)
    }
    for line in summary.lines(allLayers: allLayers) { Terminal.show(line) }
    if shared.json { try Terminal.printJSON(summary) }
  }
}
