import ArgumentParser
import Graft

struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The devices there are, what would be chosen, and how fast they are.")

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Result: Encodable {
    struct Entry: Encodable {
      var choice: String
      var name: String
      var kind: String
      var memoryByteCount: Int
      var gigaflopsPerSecond: Double?
      var problem: String?
    }
    var devices: [Entry]
    var chosen: String
    var reason: String
  }

  func run() throws {
    var choices = [DeviceChoice.cpu]
    var openCLProblem: String?
    var hasGPU = false
    do {
      let devices = try OpenCLDevice.all()
      hasGPU = devices.contains { $0.kind == .gpu }
      choices += devices.indices.map { .openCL($0) }
    } catch {
      openCLProblem = "\(error)"
    }
    let entries = choices.map(entry)
    let chosen: DeviceChoice = hasGPU ? .openCL(0) : .cpu
    let reason =
      hasGPU
      ? "it is the first GPU; --device chooses another"
      : "there is no GPU; an OpenCL device that is a CPU is used only where --device asks for it"
    for entry in entries {
      let speed = entry.gigaflopsPerSecond.map { "\(Format.fixed($0, 0)) GFLOP/s" } ?? ""
      let memory = Format.bytes(entry.memoryByteCount)
      Terminal.show("\(entry.choice)  \(entry.name)  \(memory)  \(speed)")
      if let problem = entry.problem { Terminal.show("    does not work: \(problem)") }
    }
    if let openCLProblem { Terminal.show("opencl: \(openCLProblem)") }
    Terminal.show("Chosen: \(chosen), because \(reason)")
    if json {
      try Terminal.printJSON(
        Result(devices: entries, chosen: chosen.description, reason: reason))
    }
  }

  private func entry(_ choice: DeviceChoice) -> Result.Entry {
    do {
      let device = try choice.open()
      return Result.Entry(
        choice: choice.description, name: device.name, kind: device.traits.kind.rawValue,
        memoryByteCount: device.traits.memoryByteCount,
        gigaflopsPerSecond: try SpeedCheck.gigaflopsPerSecond(of: device))
    } catch {
      return Result.Entry(
        choice: choice.description, name: "", kind: "", memoryByteCount: 0, problem: "\(error)")
    }
  }
}

/// Measures a device by one convolution of a size that networks are full of.
enum SpeedCheck {
  /// - Returns: The best of a few runs, in 10⁹ multiplications and additions a second.
  static func gigaflopsPerSecond(of device: any Device) throws -> Double {
    let (side, channels) = (56, 128)
    let model = Model(name: "speed", inputSize: Extent2D(side), inputChannels: channels) {
      Convolution2D(channels, kernel: 1)
    }
    let store = ParameterStore()
    store.initialize(try model.parameters, seed: 0)
    let pipeline = GraphPipeline(trainable: [], loss: .meanSquaredError)
    let session = device.makeSession(parameters: store)
    let graph = try session.compile(pipeline.optimized(model.trace(batchSize: 4)))
    let samples = [Float](repeating: 1, count: 4 * side * side * channels)
    try samples.withUnsafeBytes { try graph.write($0, to: TensorName.input) }
    let operationCount = 2 * Double(4 * side * side * channels * channels)
    var best = 0.0
    for _ in 0..<8 {
      let duration = try ContinuousClock().measure {
        try graph.run()
        try session.synchronize()
      }
      best = max(best, operationCount / (duration / .seconds(1)) / 1e9)
    }
    return best
  }
}
