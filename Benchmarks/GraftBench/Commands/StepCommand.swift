import ArgumentParser
import Graft

/// The training step of one model, as fast as the engine runs it.
struct StepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Images a second and memory of training steps.")

  @OptionGroup var workload: WorkloadOptions

  @Option(
    help: """
      What keeps its values: backbone, none, all before a layer (its name), or all: then steps are \
      predictions with their loss.
      """)
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
    /// What the device computes with: processor, instruction set, threads, libraries.
    var identity: String
    var imagesPerSecond: Double
    var stepMilliseconds: Double
    /// Each timed step.
    var stepTimesMilliseconds: [Double]
    var losses: [Float]
    var bytes: [String: Int]
    var allocatedBytes: Int
    var peakResidentBytes: Int
    var gigaflopPerStep: Double
    /// The arithmetic of the operations' definitions, over time, of what the cores can do at most.
    /// Above 1 where Winograd's convolutions need fewer multiplications.
    var shareOfPeak: Double
    /// The same with the multiplications that the chosen algorithms really make.
    var executedShareOfPeak: Double
    /// Everything that operations read and write, each once, over time, of what the memory gives at
    /// most; above 1 where the caches serve it.
    var shareOfBandwidth: Double
    /// Each part of the step, its operations run one by one.
    var phaseMilliseconds: [String: Double]
    var machine: MachineSpeed
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
    let allocated = work.device.allocatedByteCount - before
    let graph = try freeze == .all ? work.evaluationGraph() : work.trainingGraph(trainable)
    let report = try work.session.forecast(graph)
    let operationCount = graph.operationCount
    let profile = try StepProfile(of: engine, work, graph, machine: machine)
    let result = Result(
      backbone: work.isText ? "text encoder" : workload.backbone, freeze: freeze.description,
      batch: workload.batch, size: work.isText ? workload.length : work.model.inputSize.height,
      device: work.device.name, identity: work.device.identity,
      imagesPerSecond: Double(workload.batch) / spread.median,
      stepMilliseconds: spread.median * 1000,
      stepTimesMilliseconds: times.map { $0 * 1000 }, losses: losses,
      bytes: report.byKind, allocatedBytes: allocated,
      peakResidentBytes: peakResidentByteCount, gigaflopPerStep: Double(operationCount) / 1e9,
      shareOfPeak: Double(operationCount) / spread.median / machine.operationsPerSecond,
      executedShareOfPeak: Double(profile.executedOperationCount) / spread.median
        / machine.operationsPerSecond,
      shareOfBandwidth: Double(profile.byteCount) / spread.median / machine.bytesPerSecond,
      phaseMilliseconds: profile.phaseMilliseconds, machine: machine)
    printSummary(result, work, spread)
    if self.profile { print(profile.table(lines: lines)) }
    if json { print(try Format.json(result)) }
  }

  private func timeSteps(
    _ engine: TrainingEngine, _ work: Workload
  ) throws -> (losses: [Float], times: [Double]) {
    var losses: [Float] = []
    var times: [Double] = []
    for step in 0..<warmUp + steps {
      let time = try seconds {
        let result =
          freeze == .all
          ? try engine.evaluate(work.batch, batchSize: work.batchSize)
          : try engine.train(
            on: work.batch, epoch: step + 1, batchSize: work.batchSize, rate: work.optimizer.rate)
        losses.append(result.loss)
      }
      if step >= warmUp { times.append(time) }
    }
    return (losses, times)
  }

  private func printSummary(_ result: Result, _ work: Workload, _ spread: Spread) {
    print(
      """
      \(result.backbone), freezing \(result.freeze), batch \(result.batch), \
      \(result.size) \(work.isText ? "tokens" : "pixels"), on \(result.device)
      \(Format.fixed(result.imagesPerSecond, 2)) samples/s, a step in \
      \(Format.fixed(result.stepMilliseconds, 1)) ms \
      (\(Format.milliseconds(spread.lowest)) to \(Format.milliseconds(spread.highest))), \
      \(Format.percent(result.shareOfPeak)) of \
      \(Format.fixed(result.machine.operationsPerSecond / 1e9, 0)) GFLOP/s by the operations' \
      definitions, \(Format.percent(result.executedShareOfPeak)) by what the algorithms multiply, \
      \(Format.percent(result.shareOfBandwidth)) of \
      \(Format.fixed(result.machine.bytesPerSecond / 1e9, 1)) GB/s
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
