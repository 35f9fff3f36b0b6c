import ArgumentParser
import Foundation
import Graft

struct Summary: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Layers, parameters, what trains and what memory a training step takes.")

  @OptionGroup var subject: LearnerOptions

  @Option(help: "Photos in one step.")
  var batch = 32

  @Flag(help: "List the layers inside layers too.")
  var allLayers = false

  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    var model: String
    var parameters: Int
    var trainableParameters: Int
    var frozenParameters: Int
    var bytes: [String: Int]
    var totalBytes: Int
    var bytesSavedByFreezing: Int
    var layers: [LayerRow]
  }

  func validate() throws { try Limits.require("--batch", batch, in: Limits.extent) }

  func run() async throws {
    let learner = try await subject.makeLearner(shared)
    let outline = try learner.model.outline()
    let trainable = try learner.configuration().trainable
    let rows = LayerRow.rows(of: outline, trainable: trainable)
    let header = ["layer", "shape", "parameters", ""]
    let shown = allLayers ? rows : rows.filter { $0.isLeaf }
    for line in Format.table([header] + shown.map(\.cells), leftColumns: 2) { print(line) }
    let (plan, everything) = try learner.forecast(batchSize: batch)
    let total = outline.parameters.filter(\.role.isTrainable)
      .reduce(0) { $0 + $1.type.shape.count }
    let trained = outline.parameters.filter { trainable.contains($0.path) }
      .reduce(0) { $0 + $1.type.shape.count }
    print(
      "\n\(Format.count(total)) parameters: \(Format.count(trained)) trainable, "
        + "\(Format.count(total - trained)) frozen")
    print("Memory of a training step with \(batch) images on \(learner.device.name):")
    var bytes: [String: Int] = [:]
    for kind in MemoryKind.allCases {
      bytes[kind.rawValue] = plan[kind]
      print("  \(kind.rawValue): \(Format.bytes(plan[kind]))")
    }
    let saved = everything.totalByteCount - plan.totalByteCount
    print(
      "  total: \(Format.bytes(plan.totalByteCount)); freezing saves \(Format.bytes(saved)) of "
        + Format.bytes(everything.totalByteCount))
    guard shared.json else { return }
    try Terminal.printJSON(
      Result(
        model: outline.name, parameters: total, trainableParameters: trained,
        frozenParameters: total - trained, bytes: bytes, totalBytes: plan.totalByteCount,
        bytesSavedByFreezing: saved, layers: rows))
  }
}

/// One line of a summary.
struct LayerRow: Encodable {
  var name: String
  /// Of one image's result.
  var shape: [Int]
  var parameters: Int
  var trainable: Bool
  let isLeaf: Bool

  private enum CodingKeys: String, CodingKey { case name, shape, parameters, trainable }

  var cells: [String] {
    let mark = parameters == 0 ? "" : trainable ? "trains" : "frozen"
    return [
      name, shape.map(String.init).joined(separator: "×"),
      parameters == 0 ? "" : Format.count(parameters), mark,
    ]
  }

  static func rows(of outline: Outline, trainable: Set<ParameterPath>) -> [LayerRow] {
    outline.endpoints.filter { !$0.kind.isEmpty }.map { endpoint in
      let own = outline.parameters[endpoint.parameters].filter(\.role.isTrainable)
      return LayerRow(
        name: endpoint.name, shape: Array(endpoint.type.shape.extents.dropFirst()),
        parameters: own.reduce(0) { $0 + $1.type.shape.count },
        trainable: own.contains { trainable.contains($0.path) }, isLeaf: endpoint.isLeaf)
    }
  }
}
