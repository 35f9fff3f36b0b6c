import GraftGraph
import GraftRuntime

/// An operation that the CPU can run.
protocol CPUOperation: Operation {
  /// All ways to run the operation, the best guess first; none where the CPU can't handle the types.
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering]
}

/// Pointers to the data of a bound step.
struct BoundData {
  private let binding: Binding<HostMemory>

  init(_ binding: Binding<HostMemory>) { self.binding = binding }

  /// The elements of an operand, or its prepared form.
  func operand(_ index: Int) -> UnsafePointer<Float> {
    UnsafePointer(binding.operands[index].floats)
  }
  /// The elements of an operand that the operation may not have.
  func operand(_ index: Int?) -> UnsafePointer<Float>? { index.map { operand($0) } }
  /// The elements of an operand of whole numbers.
  func integers(_ index: Int) -> UnsafePointer<Int32> {
    UnsafeRawPointer(binding.operands[index].floats).assumingMemoryBound(to: Int32.self)
  }
  /// The elements of a result.
  func result(_ index: Int = 0) -> UnsafeMutablePointer<Float> { binding.results[index].floats }
  /// The scratch memory that the lowering asked for.
  var workspace: UnsafeMutablePointer<Float> {
    guard let workspace = binding.workspace else {
      preconditionFailure("a lowering uses a workspace that it didn't ask for")
    }
    return workspace.floats
  }
  /// The buffers, to be kept alive.
  var buffers: [HostMemory] {
    (binding.operands + binding.results).map(\.buffer)
      + (binding.workspace.map { [$0.buffer] } ?? [])
  }
}

extension BufferSlice<HostMemory> {
  var floats: UnsafeMutablePointer<Float> {
    (buffer.base + byteOffset).assumingMemoryBound(to: Float.self)
  }
}

/// Tasks that can run at the same time.
struct Stage {
  let taskCount: Int
  let run: ThreadPool.Body

  init(taskCount: Int, run: @escaping ThreadPool.Body) {
    self.taskCount = taskCount
    self.run = run
  }

  /// Work on all of `count` elements, a range at a time.
  init(over count: Int, rangeCount: Int, run: @escaping (Range<Int>) -> Void) {
    let length = max(1, rangeCount)
    self.init(taskCount: (count + length - 1) / length) { task, _ in
      run(task * length..<min(count, (task + 1) * length))
    }
  }

  /// Work for a single thread.
  init(_ run: @escaping () -> Void) { self.init(taskCount: 1) { _, _ in run() } }
}

/// A way to run an operation on the CPU: stages, one after the other.
struct CPULowering: Lowering {
  let name: String
  let workspaceByteCount: Int
  let preparations: [OperandPreparation<HostMemory>]
  let refusedOverwrites: Set<Overwrite>
  private let pool: ThreadPool
  private let makeStages: (BoundData) -> [Stage]

  /// - Parameter workspaceCount: The scratch memory, in floats.
  init(
    _ name: String, on device: CPUDevice, workspaceCount: Int = 0,
    preparations: [OperandPreparation<HostMemory>] = [], refusedOverwrites: Set<Overwrite> = [],
    stages: @escaping (BoundData) -> [Stage]
  ) {
    self.name = name
    self.workspaceByteCount = workspaceCount * MemoryLayout<Float>.stride
    self.preparations = preparations
    self.refusedOverwrites = refusedOverwrites
    pool = device.pool
    makeStages = stages
  }

  func bind(_ binding: Binding<HostMemory>) -> any Step {
    let data = BoundData(binding)
    return CPUStep(pool: pool, stages: makeStages(data), buffers: data.buffers)
  }
}

/// A bound piece of work; enqueuing it runs it to its end.
struct CPUStep: Step {
  let pool: ThreadPool
  let stages: [Stage]
  let buffers: [HostMemory]

  func enqueue() {
    for stage in stages { pool.parallel(stage.taskCount, stage.run) }
  }
}

extension CPUDevice {
  /// Work on each element by itself, in ranges that fit the caches.
  func elementwise(
    _ name: String, count: Int, refusedOverwrites: Set<Overwrite> = [],
    _ body: @escaping (BoundData) -> (Range<Int>) -> Void
  ) -> CPULowering {
    CPULowering(name, on: self, refusedOverwrites: refusedOverwrites) { data in
      [Stage(over: count, rangeCount: 1 << 14, run: body(data))]
    }
  }

  /// Prepares an operand by a step of one stage.
  func preparation(
    ofOperand operand: Int, key: String, count: Int,
    _ stage:
      @escaping (_ plain: UnsafePointer<Float>, _ prepared: UnsafeMutablePointer<Float>) ->
      Stage
  ) -> OperandPreparation<HostMemory> {
    let pool = pool
    return OperandPreparation(
      operand: operand, key: key, byteCount: count * MemoryLayout<Float>.stride
    ) { plain, prepared in
      CPUStep(
        pool: pool, stages: [stage(UnsafePointer(plain.floats), prepared.floats)],
        buffers: [plain.buffer, prepared.buffer])
    }
  }
}

extension Problem {
  /// Whether all floats: what the CPU's kernels handle.
  var isFloat: Bool { (operands + results).allSatisfy { $0.elementType == .float32 } }
}
