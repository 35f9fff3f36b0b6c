public import GraftGraph

/// A graph ready to run on a device, whatever the device is.
public protocol CompiledGraph: AnyObject {
  /// The bytes it takes, by kind.
  var report: MemoryReport { get }
  /// The names of all outputs.
  var outputNames: [String] { get }
  /// Whether the graph reads the input called `name`.
  func hasInput(_ name: String) -> Bool
  /// The type of an input or output, or `nil` if there is none of that name.
  func type(of name: String) -> TensorType?
  /// Sets an input for the next run.
  ///
  /// - Throws: ``ExecutableError`` where no input has this name or another byte count.
  func write(_ bytes: UnsafeRawBufferPointer, to input: String) throws
  /// Sends an input while a run is under way, for the run before which it is taken.
  ///
  /// - Returns: Whether the device and the graph are made for that; else nothing was done.
  /// - Throws: ``ExecutableError`` where no input has this name or another byte count.
  func send(_ bytes: UnsafeRawBufferPointer, aheadTo input: String) throws -> Bool
  /// Sets an input for the next run to what was sent ahead.
  func takeSent(_ input: String) throws
  /// Enqueues one run of all steps; allocates nothing.
  func run() throws
  /// Waits for the last run and copies an output.
  func read(_ output: String, into bytes: UnsafeMutableRawBufferPointer) throws
  /// Runs each step by itself and tells how long it took.
  func profile() throws -> [StepTiming]
}

/// How long one step took.
public struct StepTiming: Sendable {
  public let layer: String
  /// The part of the training step to which it belongs.
  public let phase: Node.Phase
  public let operation: any Operation
  public let operands: [TensorType]
  public let results: [TensorType]
  /// The name of the algorithm.
  public let algorithm: String
  public let seconds: Double
}

/// Parameters, constants and an arena on one device, shared by the executables of one model.
public protocol Session: AnyObject {
  /// The values of the parameters on the host; ``download()`` brings them up to date.
  var parameters: ParameterStore { get }
  /// The memory a graph would take; allocates nothing.
  func forecast(_ graph: Graph) throws -> MemoryReport
  /// Makes a graph ready to run. Executables of one session share their arena: one runs at a time,
  /// and its outputs are valid until another runs.
  func compile(_ graph: Graph) throws -> any CompiledGraph
  /// Measures all algorithms for a graph, however long that takes, where the device chooses by
  /// measuring and didn't yet. Compiling does the same within a few seconds.
  ///
  /// - Returns: What was decided now, by problem.
  @discardableResult
  func tune(_ graph: Graph) throws -> [String: TuningFile.Choice]
  /// Copies parameters that runs changed back to the host.
  func download() throws
  /// Copies changed parameters back and releases what no executable holds.
  func evict() throws
  /// Waits until everything enqueued is done.
  func synchronize() throws
  /// Whether the device takes inputs while it runs steps.
  var takesInputsAhead: Bool { get }
}

/// The ``Session`` of one kind of device.
public final class DeviceSession<D: Device>: Session {
  public let device: D
  public let parameters: ParameterStore
  let constants: ConstantPool<D>
  let resident: ResidentParameters<D>
  private let choose: CandidateChoice<D.Buffer>
  private let tuner: Tuner<D>?
  private var arena: [D.Buffer] = []
  private var arenaByteCounts: [Int] = []

  /// - Parameter choose: Picks an algorithm for each problem; the first candidate by default.
  public init(
    device: D, parameters: ParameterStore, choose: @escaping CandidateChoice<D.Buffer> = { $1[0] }
  ) {
    self.device = device
    self.parameters = parameters
    self.choose = choose
    tuner = nil
    constants = ConstantPool(device: device, parameters: parameters)
    resident = ResidentParameters(device: device, parameters: parameters)
  }

  /// A session whose algorithms `tuner` picks.
  public init(device: D, parameters: ParameterStore, tuner: Tuner<D>) {
    self.device = device
    self.parameters = parameters
    self.tuner = tuner
    choose = { tuner.choose($0, $1) }
    constants = ConstantPool(device: device, parameters: parameters)
    resident = ResidentParameters(device: device, parameters: parameters)
  }

  /// Chooses algorithms and plans memory for a graph.
  public func plan(_ graph: Graph) throws -> ExecutionPlan<D> {
    try ExecutionPlan(graph, device: device, choose: choose)
  }

  public func forecast(_ graph: Graph) throws -> MemoryReport { try plan(graph).report }

  public func compile(_ graph: Graph) throws -> any CompiledGraph {
    // Before the plan's memory is allocated, so that measuring does not add to the peak.
    _ = try tuner?.settle(ExecutionPlan<D>.problems(in: graph))
    return try Executable(plan(graph), session: self)
  }

  public func tune(_ graph: Graph) throws -> [String: TuningFile.Choice] {
    try tuner?.settle(ExecutionPlan<D>.problems(in: graph), takesItsTime: true) ?? [:]
  }

  public func download() throws { try resident.download() }

  public func evict() throws {
    try resident.evict()
    arena.removeAll()
    arenaByteCounts.removeAll()
  }

  public func synchronize() throws { try device.synchronize() }

  public var takesInputsAhead: Bool { device.sideTransfers != nil }

  /// Buffers at least as large as asked for, shared by all executables of the session.
  func arena(_ byteCounts: [Int]) throws -> [D.Buffer] {
    for (index, byteCount) in byteCounts.enumerated() where byteCount > 0 {
      if index < arena.count, arenaByteCounts[index] >= byteCount { continue }
      let buffer = try device.makeBuffer(byteCount: byteCount)
      if index < arena.count {
        (arena[index], arenaByteCounts[index]) = (buffer, byteCount)
      } else {
        arena.append(buffer)
        arenaByteCounts.append(byteCount)
      }
    }
    return arena
  }
}

/// Picks one of the ways to run a problem; there is at least one.
public typealias CandidateChoice<Buffer> =
  (Problem, [any Lowering<Buffer>]) throws -> any Lowering<Buffer>
