import GraftCPU
import GraftGraph
import GraftRuntime
import Testing

/// Runs single lowerings, with sentinels around every buffer.
struct LoweringRunner {
  let device: CPUDevice
  private static let sentinel: Float = -12345.5
  private static let guardCount = 16

  /// The results of one lowering on operands of `Float` (or `Int32`, as bit patterns).
  func run(
    _ lowering: any Lowering<HostMemory>, of problem: Problem, on operands: [[Float]],
    overwriting overwrite: Overwrite? = nil
  ) throws -> [[Float]] {
    let plain = try operands.map { try slice(of: $0) }
    var bound = plain
    var guarded = plain
    for preparation in lowering.preparations {
      let prepared = try slice(of: Array(repeating: .nan, count: preparation.byteCount / 4))
      try preparation.bind(plain[preparation.operand], prepared).enqueue()
      bound[preparation.operand] = prepared
      guarded.append(prepared)
    }
    let results = try problem.results.enumerated().map { index, type in
      if let overwrite, overwrite.result == index { return bound[overwrite.operand] }
      return try slice(of: Array(repeating: .nan, count: type.shape.count))
    }
    let workspace =
      lowering.workspaceByteCount == 0
      ? nil : try slice(of: Array(repeating: .nan, count: lowering.workspaceByteCount / 4))
    let step = try lowering.bind(Binding(operands: bound, results: results, workspace: workspace))
    try step.enqueue()
    for slice in guarded + results + (workspace.map { [$0] } ?? []) {
      #expect(isIntact(slice), "\(problem.operation.name), \(lowering.name): written out of bounds")
    }
    if overwrite == nil {
      for (slice, values) in zip(plain, operands) {
        #expect(
          read(slice).map(\.bitPattern) == values.map(\.bitPattern),
          "\(problem.operation.name), \(lowering.name): an operand was changed")
      }
    }
    return results.map(read)
  }

  /// A slice between two rows of sentinels.
  private func slice(of values: [Float]) throws -> BufferSlice<HostMemory> {
    let edge = Array(repeating: Self.sentinel, count: Self.guardCount)
    let buffer = try device.makeBuffer(byteCount: (values.count + 2 * Self.guardCount) * 4)
    let all = BufferSlice(
      buffer, byteOffset: 0, byteCount: (values.count + 2 * Self.guardCount) * 4)
    (edge + values + edge).withUnsafeBytes { device.write($0, to: all) }
    return BufferSlice(buffer, byteOffset: Self.guardCount * 4, byteCount: values.count * 4)
  }

  private func read(_ slice: BufferSlice<HostMemory>) -> [Float] {
    var values = Array(repeating: Float.nan, count: slice.byteCount / 4)
    values.withUnsafeMutableBytes { device.read(slice, into: $0) }
    return values
  }

  private func isIntact(_ slice: BufferSlice<HostMemory>) -> Bool {
    let before = BufferSlice(slice.buffer, byteOffset: 0, byteCount: slice.byteOffset)
    let after = BufferSlice(
      slice.buffer, byteOffset: slice.byteOffset + slice.byteCount, byteCount: slice.byteOffset)
    return (read(before) + read(after)).allSatisfy { $0 == Self.sentinel }
  }
}

/// Numbers that a seed determines.
struct SeededNumbers {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// Between -1 and 1.
  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }

  mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

/// The greatest difference, relative to the greatest magnitude; infinite where one is not a number.
func relativeError(_ values: [Float], _ expected: [Float]) -> Float {
  let scale = expected.reduce(Float(1e-20)) { max($0, abs($1)) }
  return zip(values, expected).reduce(0) { worst, pair in
    let error = pair.0 == pair.1 ? 0 : abs(pair.0 - pair.1) / scale
    return error.isNaN ? .infinity : max(worst, error)
  }
}
