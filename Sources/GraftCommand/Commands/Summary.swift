import ArgumentParser
import Graft

struct Summary: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Layers, parameters, what trains and what memory a training step takes.")

  @OptionGroup var subject: LearnerOptions

  @Option(help: "Photos in one step.")
  var batch = 32

  @Flag(help: "List the layers around other layers too.")
  var allLayers = false

  @OptionGroup var shared: SharedOptions

  func validate() throws { try Limits.require("--batch", batch, in: Limits.extent) }

  func run() async throws {
    let summary = try await subject.makeLearner(shared).summary(batchSize: batch)
    for line in summary.lines(allLayers: allLayers) { Terminal.show(line) }
    if shared.json { try Terminal.printJSON(summary) }
  }
}
