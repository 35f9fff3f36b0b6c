import GraftGraph
import GraftRuntime

/// How the heads of an attention are shared among work-items.
private struct AttentionHeads {
  let samples: Int
  let queries: Int
  let keys: Int
  let heads: Int
  let depth: Int
  let scale: Float
  let isMasked: Bool
  let device: OpenCLDevice

  init(
    _ queries: Shape, _ keys: Shape, heads: Int, scale: Float, isMasked: Bool,
    on device: OpenCLDevice
  ) {
    (samples, self.queries, self.keys) = (queries[0], queries[1], keys[1])
    (self.heads, depth) = (heads, queries[2] / heads)
    (self.scale, self.isMasked, self.device) = (scale, isMasked, device)
  }

  private var maskMacros: [String: String] { isMasked ? ["IS_MASKED": "1"] : [:] }

  // Kernels for CPU devices (attention/head.cl).

  private var padded: Int { keys.roundedUp(to: device.registerWidth) }
  private var tileRows: Int { device.registerWidth >= 16 ? 12 : 6 }

  /// The floats that a work-item keeps: columns of keys, and weights of a tile's rows.
  func scratchCount(isGradient: Bool) -> Int {
    let plain = depth * padded + padded + tileRows * padded
    return isGradient ? plain + tileRows * padded + depth * padded : plain
  }

  func call(
    _ kernel: String, isGradient: Bool, _ slices: [OpenCLSlice]
  ) -> KernelCall {
    KernelCall(
      kernel, in: "attention/head.cl",
      macros: maskMacros.merging([
        "VECTOR_WIDTH": "\(device.registerWidth)", "ROWS": "\(tileRows)",
      ]) { $1 },
      arguments: [
        queries, keys, padded, depth, scale, scratchCount(isGradient: isGradient),
      ] as [any KernelArgument] + slices,
      range: WorkRange(heads, samples))
  }

  // Kernels for GPUs (attention/rows.cl).

  /// Few sizes, so that few programs are built.
  private var roundedDepth: Int { depth <= 16 ? 16 : depth.roundedUp(to: 32) }
  private var blockRows: Int { max(1, min(32, 2048 / roundedDepth)) }
  /// Beyond it, a row fits neither registers nor local memory.
  var fitsRegisters: Bool { roundedDepth <= 256 }
  var momentCount: Int { 2 * samples * heads * queries }

  func call(_ kernel: String, rows: Int, _ slices: [OpenCLSlice]) -> KernelCall {
    let items = min(64, device.description.largestWorkGroup)
    return KernelCall(
      kernel, in: "attention/rows.cl",
      macros: maskMacros.merging([
        "DEPTH": "\(roundedDepth)", "ITEMS": "\(items)", "BLOCK": "\(blockRows)",
      ]) { $1 },
      arguments: [queries, keys, depth, scale] as [any KernelArgument] + slices,
      range: WorkRange(rows, heads, samples, group: SIMD3(items, 1, 1)))
  }
}

extension DotProductAttention: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let heads = AttentionHeads(
      problem.operands[0].shape, problem.operands[1].shape, heads: self.heads, scale: scale,
      isMasked: isMasked, on: device)
    if device.isCPU {
      return [
        KernelLowering(
          name: "heads", device: device,
          workspaceByteCount: problem.operands[0].shape[0] * self.heads
            * heads.scratchCount(isGradient: false) * 4
        ) { binding in
          let scratch = try binding.reservedWorkspace
          return [
            heads.call(
              "attention", isGradient: false, binding.operands + [scratch] + binding.results)
          ]
        }
      ]
    }
    guard heads.fitsRegisters else { return [] }
    return [
      KernelLowering(name: "rows", device: device) {
        [heads.call("attention", rows: heads.queries, $0.operands + $0.results)]
      }
    ]
  }
}

extension DotProductAttentionGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let heads = AttentionHeads(
      problem.operands[0].shape, problem.operands[1].shape, heads: self.heads, scale: scale,
      isMasked: isMasked, on: device)
    guard device.isCPU || heads.fitsRegisters else { return [] }
    let scratchCount =
      device.isCPU
      ? heads.samples * self.heads * heads.scratchCount(isGradient: true) : heads.momentCount
    return [
      KernelLowering(
        name: device.isCPU ? "heads" : "rows", device: device,
        workspaceByteCount: scratchCount * 4
      ) { binding in
        let scratch = try binding.reservedWorkspace
        let (read, results) = (binding.operands + [scratch], binding.results)
        if device.isCPU {
          return [heads.call("attention_gradient", isGradient: true, read + results)]
        }
        return [
          heads.call("query_gradient", rows: heads.queries, read + [results[0]]),
          heads.call("key_gradient", rows: heads.keys, read + [results[1], results[2]]),
        ]
      }
    ]
  }
}
