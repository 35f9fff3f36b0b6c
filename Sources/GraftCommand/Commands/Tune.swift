import ArgumentParser
import Graft

struct Tune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure which algorithms are fastest on an OpenCL device, and keep the choice.",
    discussion: """
      The first step of a new model measures for a few seconds by itself and leaves the rest as it \
      is; this measures all of it. The CPU needs none: its algorithms follow from the sizes alone, \
      so that a seed always gives the same bits.
      """)

  @OptionGroup var subject: LearnerOptions

  @Option(help: "Samples in one step.")
  var batch = 32

  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    var device: String
    var choices: [String: TuningFile.Choice]
  }

  func validate() throws { try Limits.require("--batch", batch, in: Limits.extent) }

  func run() async throws {
    let (choices, device) =
      switch try await subject.makeModel(shared) {
      case .pictures(let learner): (try learner.tune(batchSize: batch), learner.device)
      case .texts(let learner): (try learner.tune(batchSize: batch), learner.device)
      }
    for (problem, choice) in choices.sorted(by: { $0.key < $1.key }) {
      let times = choice.milliseconds.sorted { $0.value < $1.value }
        .map { "\($0.key) \(Format.fixed($0.value, 3)) ms" }
      Terminal.show("\(choice.candidate): \(times.joined(separator: ", ")) for \(problem)")
    }
    Terminal.show("\(choices.count) problems measured on \(device.name)")
    guard shared.json else { return }
    try Terminal.printJSON(Result(device: device.name, choices: choices))
  }
}
