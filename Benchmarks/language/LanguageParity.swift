import ArgumentParser
import Foundation
import Graft
import LanguageComparison

/// Compares a text encoder with transformers, layer by layer and gradient by gradient.
@main
struct LanguageParity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graft-language-parity",
    abstract: "Compare a text encoder with transformers, or measure it.",
    discussion:
      "Make the case with Tests/Fixtures/make_language_fixtures.py --model. Errors are the "
      + "largest difference of a tensor over its largest magnitude.")

  @Argument(help: "The case's folder; with --time, a file of weights.")
  var path: String
  @Option(help: "cpu, opencl or opencl:N.")
  var device = "cpu"
  @Option(help: "The largest error allowed.")
  var tolerance: Float = 1e-4
  @Flag(help: "Print every tensor.")
  var verbose = false
  @Flag(help: "Measure a frozen encoder instead.")
  var time = false
  @Option(help: "The texts of a measured batch.")
  var batch = 32
  @Option(help: "The tokens of each.")
  var length = 128
  @Option(help: "How often to measure.")
  var rounds = 5

  func run() throws {
    let device = try DeviceChoice(device).open()
    if time { return try measure(on: device) }
    let test = try LanguageCase(contentsOf: URL(filePath: path))
    let entries = try test.entries(on: device)
    for entry in entries where verbose || entry.error > tolerance {
      print("\(entry.name) \(String(format: "%.1e", entry.error))")
    }
    let worst = entries.map(\.error).max() ?? .infinity
    print(
      "\(test.parameterCount) parameters, \(entries.count) tensors compared, "
        + "worst \(String(format: "%.1e", worst))")
    if worst > tolerance { throw ExitCode.failure }
  }

  private func measure(on device: any Device) throws {
    let result = try EncodingTime(
      of: URL(filePath: path), batchSize: batch, length: length, rounds: rounds, on: device)
    let rate = Double(batch) / result.seconds
    print(
      "\(batch) × \(length) tokens: \(String(format: "%.3f", result.seconds)) s, "
        + "\(String(format: "%.1f", rate)) texts a second")
    for step in result.steps.prefix(8) {
      print("  \(step.name) \(String(format: "%.3f", step.seconds)) s")
    }
  }
}
