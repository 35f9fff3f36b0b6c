import GraftGraph

/// What the chosen algorithm of one step asks of the memory plan.
struct StepRequirements {
  /// The node that the step computes.
  var node: Int
  var workspaceByteCount: Int
  /// The sizes of operands that are prepared in every run, by operand.
  var preparedByteCounts: [Int: Int]
  var refusedOverwrites: Set<Overwrite>
}

/// Where each value of a graph lies during a run.
struct MemoryPlan {
  /// A value's place.
  enum Location: Hashable {
    /// A part of a block of the arena, from an offset in bytes on.
    case block(Int, byteOffset: Int = 0)
    case resident(ParameterPath)
    case constant
  }

  private(set) var layout: ArenaLayout
  /// Places by value; a view has its operand's.
  private(set) var locations: [Value: Location] = [:]
  /// The block of each step's workspace and of its prepared operands, by step.
  private(set) var workspaceBlocks: [Int: Int] = [:]
  private(set) var preparationBlocks: [Int: [Int: Int]] = [:]

  init(_ graph: Graph, steps: [StepRequirements], traits: DeviceTraits) {
    var planner = LifetimePlanner(graph, steps: steps)
    planner.placeSources()
    for position in steps.indices { planner.place(position) }
    planner.keepOutputs()
    locations = planner.locations
    workspaceBlocks = planner.workspaceBlocks
    preparationBlocks = planner.preparationBlocks
    layout = ArenaLayout(
      planner.blocks, alignment: traits.alignment,
      largestChunk: traits.largestAllocationByteCount)
  }

  /// The arena's part of a memory report.
  func describe(in report: inout MemoryReport) {
    let peak = layout.peak
    report.arenaByteCount = layout.chunkByteCounts.reduce(0, +)
    report.arenaLowerBoundByteCount = peak.byteCount
    for block in layout.blocks where block.steps.contains(peak.step) {
      report.arenaAtPeak[block.kind, default: 0] += block.byteCount
    }
  }
}
