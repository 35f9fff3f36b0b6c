import ArgumentParser
import Graft

/// Checks that a step takes the memory that was planned, and frozen layers none for training.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Planned and allocated bytes for several freeze levels; fails where a claim does.")

  @OptionGroup var workload: WorkloadOptions

  @Option(help: "The layer from which on the model is fine-tuned; for ResNets layer4.")
  var from: String?

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  /// How much larger than the lower bound an arena may be.
  private static let allowedExcess = 0.05

  private struct Claim: Encodable {
    var text: String
    var holds: Bool
  }

  private struct Result: Encodable {
    var backbone: String
    var batch: Int
    var size: Int
    var device: String
    var cases: [MemoryCase]
    /// What the gradients and the optimizer's state of the backbone take where it trains.
    var backboneTraining: FrozenBytes
    var claims: [Claim]
  }

  func run() throws {
    let everything = try MemoryCase.training(
      "everything trainable", Workload(workload), freezing: .none)
    var cases = [everything.result]
    if let layer = try fineTunedLayer() {
      cases.append(
        try MemoryCase.training(
          "from \(layer)", Workload(workload), freezing: .before(layer: layer)
        ).result)
    }
    let headOnly = try MemoryCase.training("head only", Workload(workload), freezing: .backbone)
    let work = try Workload(workload)
    let inference = try MemoryCase.inference("inference", work)
    cases += [headOnly.result, inference]
    let claims =
      cases.flatMap(claims) + [headClaim(headOnly.result, headOnly.graph, inference)]
    let head = try work.trainable(.backbone)
    let result = Result(
      backbone: workload.backbone, batch: workload.batch, size: work.model.inputSize.height,
      device: work.device.name, cases: cases,
      backboneTraining: FrozenBytes(
        of: try work.model.parameters.filter { $0.role.isTrainable && !head.contains($0.path) },
        in: everything.graph),
      claims: claims)
    printReport(result)
    if json { print(try Format.json(result)) }
    if claims.contains(where: { !$0.holds }) { throw ExitCode.failure }
  }

  private func fineTunedLayer() throws -> String? {
    if let from { return from }
    return try workload.makeModel().endpoints.contains { $0.name == "layer4" } ? "layer4" : nil
  }

  private func claims(_ result: MemoryCase) -> [Claim] {
    var claims = [
      Claim(
        text: "\(result.name): allocated as planned, to the byte",
        holds: result.allocatedBytes == result.bytes["total"]),
      Claim(
        text: "\(result.name): the arena is \(Format.percent(result.arenaExcess)) above its "
          + "lower bound, at most \(Format.percent(Self.allowedExcess))",
        holds: result.arenaExcess <= Self.allowedExcess),
    ]
    if let frozen = result.frozen {
      claims.append(
        Claim(
          text: "\(result.name): \(frozen.gradients) bytes of gradients and "
            + "\(frozen.optimizer) of optimizer state for frozen parameters",
          holds: frozen.isZero))
    }
    return claims
  }

  /// Head-only training is inference and what the head adds to it.
  private func headClaim(
    _ headOnly: MemoryCase, _ graph: Graph, _ inference: MemoryCase
  ) -> Claim {
    let own = graph.nodes.reduce(0) { sum, node in
      let isHead = node.layer.hasPrefix("head.") || node.layer == TensorName.loss
      guard isHead, node.phase != .update else { return sum }
      return sum + node.results.reduce(0) { $0 + $1.byteCount }
    }
    let needed = headOnly.bytes["arena"] ?? 0
    let allowed = (inference.bytes["arena"] ?? 0) + own
    return Claim(
      text: "head only: \(Format.mebibytes(needed)) MiB over time, inference and the head's own "
        + "take \(Format.mebibytes(allowed))",
      holds: needed <= allowed)
  }

  private func printReport(_ result: Result) {
    print(
      "\(result.backbone), batch \(result.batch), \(result.size) pixels, on \(result.device); MiB")
    let kinds = MemoryKind.allCases.map(\.rawValue) + ["arena", "arenaLowerBound", "total"]
    let header = [""] + MemoryKind.allCases.map(\.rawValue) + ["arena", "bound", "total"]
    let rows = result.cases.map { memory in
      [memory.name] + kinds.map { Format.mebibytes(memory.bytes[$0] ?? 0) }
        + [
          Format.mebibytes(memory.allocatedBytesBefore),
          Format.mebibytes(memory.allocatedBytesAfter),
        ]
    }
    print(Format.table([header + ["before", "after"]] + rows))
    print(
      "Training the backbone takes \(Format.mebibytes(result.backboneTraining.gradients)) MiB of "
        + "gradients and \(Format.mebibytes(result.backboneTraining.optimizer)) MiB of optimizer "
        + "state; freezing it saves both.")
    for claim in result.claims { print("\(claim.holds ? "holds" : "FAILS")  \(claim.text)") }
  }
}
