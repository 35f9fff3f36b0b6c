import ArgumentParser
import Graft

/// The speed of every way to run the operations of real networks.
struct OperationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations",
    abstract: "GFLOP/s of every candidate on the operations of shape files.")

  @Argument(help: "Shape files, or folders of them.")
  var files = ["Benchmarks/shapes"]

  @Option(help: "Images in a batch.")
  var batch = 16

  @Option(help: "Where to run: cpu, opencl or opencl:N.")
  var device = DeviceChoice.cpu

  @Option(help: "Only lines that hold this text.")
  var only: String?

  @Option(help: "How long to measure each candidate, in seconds.")
  var duration = 0.2

  @Flag(help: "Also the gradients, with kernels that change in every step.")
  var training = false

  @Flag(help: "Also the plain reference, which is slow.")
  var reference = false

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Row: Encodable {
    var file: String
    var line: String
    var operation: String
    var candidate: String
    var milliseconds: Double
    var millisecondsRange: [Double]
    var gigaflopsPerSecond: Double?
    var shareOfPeak: Double?
    var gigabytesPerSecond: Double
    var times: Int
  }

  private struct Result: Encodable {
    var device: String
    var batch: Int
    var machine: MachineSpeed
    var rows: [Row]
  }

  func validate() throws {
    guard batch > 0, duration > 0 else {
      throw ValidationError("--batch must be at least 1 and --duration positive")
    }
  }

  func run() throws {
    let machine = MachineSpeed.measured()
    let device = try device.open()
    let timer = CandidateTimer(duration: duration, includesReference: reference)
    var rows: [Row] = []
    for file in try files.flatMap(ShapeFile.all) {
      let lines = file.lines.filter { only.map($0.text.contains) ?? true }
      let fileRows = try lines.flatMap { line in
        try problems(line).flatMap { problem in
          try timer.timings(of: problem, on: device)
            .map { row(file, line, problem, $0, device, machine) }
        }
      }
      printTable(file, fileRows)
      rows += fileRows
    }
    guard json else { return }
    print(
      try Format.json(Result(device: device.name, batch: batch, machine: machine, rows: rows)))
  }

  private func problems(_ line: ShapeLine) throws -> [Problem] {
    training ? try line.trainingProblems(batch: batch) : [try line.problem(batch: batch)]
  }

  private func row(
    _ file: ShapeFile, _ line: ShapeLine, _ problem: Problem, _ timing: CandidateTimer.Timing,
    _ device: any Device, _ machine: MachineSpeed
  ) -> Row {
    let work = FloatingPointWork.operationCount(
      problem.operation, operands: problem.operands, results: problem.results)
    let bytes = FloatingPointWork.byteCount(operands: problem.operands, results: problem.results)
    let seconds = timing.seconds.median
    let speed = work > 0 ? Double(work) / seconds : nil
    // What the processor can do says nothing about a GPU.
    let isProcessor = device.traits.kind == .cpu
    return Row(
      file: file.name, line: line.text,
      operation: OperationText.kind(problem.operation, problem.operands),
      candidate: timing.candidate, milliseconds: seconds * 1000,
      millisecondsRange: [timing.seconds.lowest * 1000, timing.seconds.highest * 1000],
      gigaflopsPerSecond: speed.map { $0 / 1e9 },
      shareOfPeak: isProcessor ? speed.map { $0 / machine.operationsPerSecond } : nil,
      gigabytesPerSecond: Double(bytes) / seconds / 1e9, times: line.times)
  }

  private func printTable(_ file: ShapeFile, _ rows: [Row]) {
    print("\n\(file.name), batch \(batch)")
    let header = ["line", "operation", "candidate", "ms", "GFLOP/s", "of peak", "GB/s"]
    let cells = rows.map { row in
      [
        row.line, row.operation, row.candidate, Format.fixed(row.milliseconds, 3),
        row.gigaflopsPerSecond.map { Format.fixed($0, 1) } ?? "",
        row.shareOfPeak.map(Format.percent) ?? "", Format.fixed(row.gigabytesPerSecond, 1),
      ]
    }
    print(Format.table([header] + cells, leftColumns: 3))
  }
}
