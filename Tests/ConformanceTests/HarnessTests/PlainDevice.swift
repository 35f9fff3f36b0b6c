import GraftGraph
import GraftRuntime
import Synchronization

/// A device that computes with the reference implementations, and may do one thing wrong: what the
/// harness must notice.
final class PlainDevice: Device {
  /// What can be wrong with a device.
  enum Flaw: CaseIterable {
    case writesBeforeResult, writesAfterResult, leavesLastElement, writesToOperand
    case readsWorkspace, readsOutsideMemory, isInaccurate, readsOperandAfterOverwriting
    case changesFromRunToRun, writesToPreparedOperand, writesAfterWorkspace
  }

  final class Memory {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 64) }
    deinit { bytes.deallocate() }
  }

  let flaw: Flaw?
  let name = "plain"
  let identity = "plain"
  let traits = DeviceTraits(
    kind: .cpu, memoryByteCount: 1 << 30, largestAllocationByteCount: 1 << 30)
  let allocatedByteCount = 0
  let turns = DeviceQueue()
  let runCount = Atomic(0)

  init(flaw: Flaw? = nil) { self.flaw = flaw }

  func makeBuffer(byteCount: Int) throws -> Memory { Memory(byteCount: byteCount) }

  func write(_ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<Memory>) throws {
    slice.bytes.copyMemory(from: bytes)
  }

  func read(_ slice: BufferSlice<Memory>, into bytes: UnsafeMutableRawBufferPointer) throws {
    bytes.copyMemory(from: UnsafeRawBufferPointer(slice.bytes))
  }

  func synchronize() throws {}

  func candidates(for problem: Problem) throws -> [any Lowering<Memory>] {
    [PlainLowering(device: self, problem: problem)]
  }
}

extension BufferSlice where Buffer == PlainDevice.Memory {
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[byteOffset..<byteOffset + byteCount])
  }

  /// Bytes from a distance behind (or, negative, before) the slice.
  func bytes(offBy distance: Int) -> UnsafeMutableRawBufferPointer {
    let start = distance < 0 ? byteOffset : byteOffset + byteCount - 1
    return UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[(start + distance)...])
  }
}

/// Runs any operation by its reference; prepares its last operand by copying it.
private struct PlainLowering: Lowering {
  typealias Buffer = PlainDevice.Memory
  let device: PlainDevice
  let problem: Problem

  let name = "plain"
  let workspaceByteCount = 16

  var preparations: [OperandPreparation<Buffer>] {
    guard let last = problem.operands.indices.last, last > 0 else { return [] }
    return [
      OperandPreparation(
        operand: last, key: "copy", byteCount: problem.operands[last].byteCount
      ) { source, target in
        PlainStep { target.bytes.copyMemory(from: UnsafeRawBufferPointer(source.bytes)) }
      }
    ]
  }

  /// An operand that is prepared can't be overwritten as well.
  var refusedOverwrites: Set<Overwrite> {
    Set(problem.operation.overwrites.filter { $0.operand == preparations.first?.operand })
  }

  func bind(_ binding: Binding<Buffer>) throws -> any Step {
    PlainStep { run(binding) }
  }

  private func run(_ binding: Binding<Buffer>) {
    compute(binding)
    if let flaw = device.flaw { spoil(binding, flaw) }
  }

  private func compute(_ binding: Binding<Buffer>) {
    guard let operation = problem.operation as? any ReferenceOperation else { return }
    let operands = zip(problem.operands, binding.operands).map {
      HostTensor($0, bytes: Array($1.bytes))
    }
    let results = operation.evaluate(operands.map { ReferenceTensor($0) }).map(\.rounded.bytes)
    for (slice, bytes) in zip(binding.results, results) {
      let count = device.flaw == .leavesLastElement ? bytes.count - 4 : bytes.count
      slice.bytes.copyBytes(from: bytes.prefix(count))
    }
  }

  private func spoil(_ binding: Binding<Buffer>, _ flaw: PlainDevice.Flaw) {
    let result = binding.results[0]
    let first = result.bytes.bindMemory(to: Float.self)
    switch flaw {
    case .leavesLastElement: break
    case .writesBeforeResult: result.bytes(offBy: -4)[0] = 1
    case .writesAfterResult: result.bytes(offBy: 1)[0] = 1
    case .writesAfterWorkspace: binding.workspace?.bytes(offBy: 1)[0] = 1
    case .writesToOperand: binding.operands[0].bytes[0] ^= 1
    case .writesToPreparedOperand: binding.operands.last?.bytes[0] ^= 1
    case .readsWorkspace:
      first[0] += binding.workspace?.bytes.loadUnaligned(as: Float.self) ?? 0
    case .readsOutsideMemory:
      first[0] += result.bytes(offBy: -4).loadUnaligned(as: Float.self)
    case .isInaccurate: first[0] *= 1.000_1
    case .readsOperandAfterOverwriting: compute(binding)
    case .changesFromRunToRun:
      let count = device.runCount.wrappingAdd(1, ordering: .relaxed).newValue
      if count.isMultiple(of: 2) { first[0] = first[0].nextUp }
    }
  }
}

private struct PlainStep: Step {
  let body: () -> Void
  func enqueue() throws { body() }
}
