import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// The heads of an attention: a task each.
private struct AttentionHeads {
  let count: Int
  let heads: Int
  let isMasked: Bool
  /// Of one head of one sample.
  var shape: graft_attention

  init(_ queries: Shape, _ keys: Shape, heads: Int, scale: Float, isMasked: Bool) {
    (count, self.heads, self.isMasked) = (queries[0] * heads, heads, isMasked)
    shape = graft_attention(
      queries: queries[1], keys: keys[1], depth: queries[2] / heads, row_stride: queries[2],
      scale: scale)
  }

  /// Where a task's head begins among queries, among keys, and in the mask.
  func places(_ task: Int) -> (query: Int, key: Int, mask: Int) {
    let (sample, channel) = (task / heads, task % heads * shape.depth)
    return (
      sample * shape.queries * shape.row_stride + channel,
      sample * shape.keys * shape.row_stride + channel, sample * shape.keys
    )
  }
}

extension DotProductAttention: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    var heads = AttentionHeads(
      problem.operands[0].shape, problem.operands[1].shape, heads: self.heads, scale: scale,
      isMasked: isMasked)
    let scratchCount = graft_attention_scratch_count(&heads.shape).roundedUp(to: 16)
    return [
      CPULowering("heads", on: device, workspaceCount: scratchCount * device.threadCount) {
        [heads] data in
        let (queries, keys, values) = (data.operand(0), data.operand(1), data.operand(2))
        let (mask, result) = (data.operand(heads.isMasked ? 3 : nil), data.result())
        let scratch = data.workspace
        return [
          Stage(taskCount: heads.count) { task, worker in
            let place = heads.places(task)
            var shape = heads.shape
            graft_attention_head(
              &shape, queries + place.query, keys + place.key, values + place.key,
              mask.map { $0 + place.mask }, result + place.query, scratch + worker * scratchCount)
          }
        ]
      }
    ]
  }
}

extension DotProductAttentionGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    var heads = AttentionHeads(
      problem.operands[0].shape, problem.operands[1].shape, heads: self.heads, scale: scale,
      isMasked: isMasked)
    let scratchCount = graft_attention_gradient_scratch_count(&heads.shape).roundedUp(to: 16)
    return [
      CPULowering("heads", on: device, workspaceCount: scratchCount * device.threadCount) {
        [heads] data in
        let (queries, keys, values) = (data.operand(0), data.operand(1), data.operand(2))
        let mask = data.operand(heads.isMasked ? 3 : nil)
        let (gradient, scratch) = (data.operand(heads.isMasked ? 4 : 3), data.workspace)
        let (ofQueries, ofKeys, ofValues) = (data.result(0), data.result(1), data.result(2))
        return [
          Stage(taskCount: heads.count) { task, worker in
            let place = heads.places(task)
            var shape = heads.shape
            graft_attention_head_gradient(
              &shape, queries + place.query, keys + place.key, values + place.key,
              mask.map { $0 + place.mask }, gradient + place.query, ofQueries + place.query,
              ofKeys + place.key, ofValues + place.key, scratch + worker * scratchCount)
          }
        ]
      }
    ]
  }
}
