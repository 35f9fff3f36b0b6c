import ArgumentParser
import Foundation
import Graft
import ParityComparison

/// Compares backbones with their reference implementations, layer by layer.
@main
struct Parity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graft-parity",
    abstract: "Compare backbones with the implementations that their weights come from.",
    discussion: "Make the cases with generate.py. Errors are the largest difference of a tensor "
      + "over its largest magnitude; all must stay below the tolerance.")

  @Argument(help: "The folder that generate.py filled.")
  var folder: String
  @Option(help: "Only cases whose name contains this.")
  var filter: String?
  @Option(help: "cpu, opencl or opencl:N.")
  var device = "cpu"
  @Option(help: "The largest error allowed.")
  var tolerance: Float = 1e-4
  @Flag(help: "Neither fold nor fuse before the forward pass.")
  var plain = false
  @Flag(help: "Print every tensor.")
  var verbose = false

  func run() throws {
    let device = try DeviceChoice(device).open()
    let cases = try ParityCase.all(in: URL(filePath: folder)).filter {
      filter.map($0.folder.lastPathComponent.contains) ?? true
    }
    guard !cases.isEmpty else { throw ParityError.noCases(folder) }
    print(row("backbone", "reference", "parameters", "tensors", "forward", "backward", "seconds"))
    var failures: [String] = []
    for (folder, test) in cases {
      do {
        let runner = try CaseRunner(test, in: folder, device: device, optimizes: !plain)
        let result = try runner.run()
        report(result, test)
        let worst = max(result.worstForward, result.worstBackward)
        let isCounted = test.parameterCount.map { $0 == result.parameterCount } ?? true
        if worst > tolerance || !isCounted || result.forward.isEmpty {
          failures.append(test.backbone)
        }
      } catch {
        print("\(test.backbone): \(error)")
        failures.append(test.backbone)
      }
    }
    guard failures.isEmpty else {
      print("differ: \(failures.joined(separator: ", "))")
      throw ExitCode.failure
    }
  }

  private func report(_ result: Comparison, _ test: ParityCase) {
    let equality = test.parameterCount.map { $0 == result.parameterCount ? "=" : "≠ \($0)" } ?? ""
    print(
      row(
        test.backbone, test.reference, "\(result.parameterCount)\(equality)",
        "\(result.forward.count)+\(result.backward.count)",
        String(format: "%.1e", result.worstForward), String(format: "%.1e", result.worstBackward),
        String(format: "%.2f", result.seconds)))
    guard verbose else { return }
    for entry in result.forward + result.backward {
      print("  \(entry.name) \(String(format: "%.1e", entry.error))")
    }
    if !result.unmatched.isEmpty {
      print("  not offered: \(result.unmatched.joined(separator: " "))")
    }
  }

  private func row(_ columns: String...) -> String {
    zip(columns, [20, 38, 15, 10, 10, 10, 8])
      .map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined()
  }
}
