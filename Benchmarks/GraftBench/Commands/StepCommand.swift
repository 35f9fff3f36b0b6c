import ArgumentParser
import Graft

/// The training step of one model, as fast as the engine runs it.
struct StepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Images a second and memory of training steps.")

  @OptionGroup var workload: WorkloadOptions

  @Option(help: "What keeps its values: backbone, none, or all before a layer (its name).")
  var freeze = FreezeLevel.backbone

  @Option(help: "How many steps to time.")
  var steps = 5

  @Option(help: "How many steps to run before.")
  var warmUp = 2

  @Option(help: "A file with `input`, `targets` and first values of parameters by path.")
  var given: String?

  @Flag(help: "Print how long each operation takes, the longest first.")
  var profile = false

  @Option(help: "How many lines of the profile to print.")
  var lines = 40

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Result: Encodable {
    var backbone: String
    var freeze: String
    var batch: Int
    var size: Int
    var device: String
    var imagesPerSecond: Double
    var stepMilliseconds: Double
    /// Each timed step.
    var stepTimesMilliseconds: [Double]
    var losses: [Float]
    var bytes: [String: Int]
    var allocatedBytes: Int
    var peakResidentBytes: Int
    var gigaflopPerStep: Double
    var shareOfPeak: Double
    var machine: MachineSpeed
    var phaseMilliseconds: [String: Double]?
  }

  func validate() throws {
    guard steps > 0, warmUp >= 0 else {
      throw ValidationError("--steps must be at least 1 and --warm-up at least 0")
    }
  }

  func run() throws {
    let machine = MachineSpeed.measured()
    let work = try Workload(workload, given: given.map(GivenTensors.init))
    let trainable = try work.trainable(freeze)
    let engine = work.engine(trainable)
    let before = work.device.allocatedByteCount
    let (losses, times) = try timeSteps(engine, work)
    let peakResidentByteCount = ProcessMemory.peakResidentByteCount
    let spread = Spread(times)
    let graph = try work.trainingGraph(trainable)
    let report = try work.session.forecast(graph)
    let operationCount = graph.operationCount
    var result = Result(
      backbone: workload.backbone, freeze: freeze.description, batch: workload.batch,
      size: work.model.inputSize.height, device: work.device.name,
      imagesPerSecond: Double(workload.batch) / spread.median,
      stepMilliseconds: spread.median * 1000,
      stepTimesMilliseconds: times.map { $0 * 1000 }, losses: losses,
      bytes: report.byKind, allocatedBytes: work.device.allocatedByteCount - before,
      peakResidentBytes: peakResidentByteCount, gigaflopPerStep: Double(operationCount) / 1e9,
      shareOfPeak: Double(operationCount) / spread.median / machine.operationsPerSecond,
      machine: machine)
    printSummary(result, spread)
    if profile {
      let profile = try StepProfile(of: engine, work, graph, machine: machine)
      print(profile.table(lines: lines))
      result.phaseMilliseconds = profile.phaseMilliseconds
    }
    if json { print(try Format.json(result)) }
  }

  private func timeSteps(
    _ engine: TrainingEngine, _ work: Workload
  ) throws -> (losses: [Float], times: [Double]) {
    var losses: [Float] = []
    var times: [Double] = []
    try work.samples.withUnsafeBufferPointer { samples in
      let batch = StepBatch(.samples(samples), targets: work.targets, count: work.batchSize)
      for step in 0..<warmUp + steps {
        let time = try seconds {
          losses.append(
            try engine.train(
              on: batch, batchSize: work.batchSize, rate: work.optimizer.rate
            ).loss)
        }
        if step >= warmUp { times.append(time) }
      }
    }
    return (losses, times)
  }

  private func printSummary(_ result: Result, _ spread: Spread) {
    print(
      """
      \(result.backbone), freezing \(result.freeze), batch \(result.batch), \
      \(result.size) pixels, on \(result.device)
      \(Format.fixed(result.imagesPerSecond, 2)) images/s, a step in \
      \(Format.fixed(result.stepMilliseconds, 1)) ms \
      (\(Format.milliseconds(spread.lowest)) to \(Format.milliseconds(spread.highest))), \
      \(Format.percent(result.shareOfPeak)) of \
      \(Format.fixed(result.machine.operationsPerSecond / 1e9, 0)) GFLOP/s
      \(Format.mebibytes(result.allocatedBytes)) MiB allocated, at most \
      \(Format.mebibytes(result.peakResidentBytes)) MiB resident
      """)
  }
}

extension Graph {
  /// Multiplications and additions of all convolutions and products.
  var operationCount: Int {
    nodes.reduce(0) { sum, node in
      guard let operation = node.operation else { return sum }
      let operands = node.operands.map(type(of:))
      return sum
        + FloatingPointWork.operationCount(operation, operands: operands, results: node.results)
    }
  }
}

extension MemoryReport {
  /// The bytes of each kind, and of the whole.
  var byKind: [String: Int] {
    var bytes = Dictionary(
      uniqueKeysWithValues: MemoryKind.allCases.map { ($0.rawValue, self[$0]) })
    bytes["arena"] = arenaByteCount
    bytes["arenaLowerBound"] = arenaLowerBoundByteCount
    bytes["total"] = totalByteCount
    return bytes
  }
}
