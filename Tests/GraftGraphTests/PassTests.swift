import GraftGraph
import Testing

@Suite struct PassTests {
  @Test func inferenceHasNoDropout() throws {
    let graph = try SmallModel.trace().specializedForInference().pruned()
    #expect(graph.count(Dropout.self) == 0)
    #expect(
      !graph.nodes.contains { if case .input("seeds", _) = $0.source { true } else { false } })
  }

  @Test func onlyTrainableNormalizationsUseTheBatch() throws {
    let model = try SmallModel.trace()
    let trainable = SmallModel.head.union(["c.kernel", "c.bn.weight", "c.bn.bias"])
    let graph = try model.specializedForTraining(trainable, statistics: .batch).pruned()
    #expect(graph.count(BatchNormalizationTraining.self) == 1)
    #expect(graph.count(BatchNormalization.self) == 2)
    let moved = Set(graph.assignments.map(\.parameter))
    #expect(moved == ["c.bn.running_mean", "c.bn.running_var"])
  }

  @Test func storedStatisticsNeverMove() throws {
    let model = try SmallModel.trace()
    let graph = try model.specializedForTraining(SmallModel.all(model), statistics: .stored)
    #expect(graph.assignments.isEmpty)
    #expect(graph.count(BatchNormalizationTraining.self) == 0)
  }

  @Test func frozenNormalizationsFoldIntoTheirConvolutions() throws {
    let model = try SmallModel.trace().specializedForInference()
    let folded = try model.normalizationFolded(trainable: SmallModel.head)
    #expect(folded.count(BatchNormalization.self) == 0)
    #expect(folded.count(Convolution.self) == 3)
    let kept = try model.normalizationFolded(trainable: ["b.kernel", "c.bn.weight"])
    #expect(kept.count(BatchNormalization.self) == 2)
  }

  @Test func anOutputBeforeANormalizationPreventsFolding() throws {
    var model = try SmallModel.trace().specializedForInference()
    let convolution = try #require(model.nodes.firstIndex { $0.operation is Convolution })
    model.outputs["sums"] = Value(node: convolution)
    let folded = try model.normalizationFolded(trainable: [])
    #expect(folded.count(BatchNormalization.self) == 1)
  }

  @Test func residualsAndActivationsMoveIntoTheConvolution() throws {
    let graph = try SmallModel.trace().specializedForInference()
      .normalizationFolded(trainable: []).epiloguesFused(trainable: [])
    #expect(graph.count(Activate.self) == 0)
    #expect(
      graph.count(Combine.self) == graph.nodes.count {
        $0.results[0].shape.rank != 4
          && $0.operation is Combine
      } + 3)
    let epilogues = graph.nodes.compactMap { ($0.operation as? Convolution)?.epilogue }
    #expect(epilogues.count == 3)
    #expect(epilogues.allSatisfy { $0.activation == .relu && $0.hasBias })
    #expect(epilogues.count { $0.hasResidual } == 1)
  }

  @Test func anActivationWhoseGradientNeedsItsInputStaysWhereItTrains() throws {
    let graph = try SmallModel.trace(activation: .silu).specializedForInference()
      .epiloguesFused(trainable: ["b.kernel"])
    #expect(graph.count(Activate.self) == 3)
    let frozen = try SmallModel.trace(activation: .silu).specializedForInference()
      .normalizationFolded(trainable: ["c.kernel"]).epiloguesFused(trainable: ["c.kernel"])
    #expect(frozen.count(Activate.self) == 1)
  }

  @Test func frozenWorkBecomesConstant() throws {
    let graph = try SmallModel.trace().specializedForInference()
      .normalizationFolded(trainable: SmallModel.head)
      .epiloguesFused(trainable: SmallModel.head).hoisted(trainable: SmallModel.head)
    // Three convolutions, the pooling and the product are all that is left to run.
    #expect(graph.nodes.count { $0.operation != nil } == 5)
    #expect(Set(graph.parameters.map(\.path)) == SmallModel.head)
    let constants = graph.nodes.compactMap { node in
      if case .constant(let expression) = node.source { expression } else { nil }
    }
    #expect(constants.count == 6)
    #expect(constants.contains { $0.parameters.contains("a.bn.running_var") })
  }

  @Test func theFrontierIsAsLateAsItCanBe() throws {
    let model = try SmallModel.trace()
    let split = try #require(try model.splitAtFrontier(trainable: SmallModel.head))
    #expect(split.frontier.map(\.type.shape) == [[2, 4]])
    #expect(split.learner.count(Convolution.self) == 0)
    #expect(split.extractor.count(Convolution.self) == 3)
    #expect(split.extractor.count(Dropout.self) == 0)
  }

  @Test func aFrontierInsideAResidualBlockHasTwoValues() throws {
    let model = try SmallModel.trace()
    let trainable = SmallModel.head.union(["c.kernel"])
    let split = try #require(try model.splitAtFrontier(trainable: trainable))
    #expect(split.frontier.map(\.type.shape) == [[2, 8, 8, 4]])
    #expect(split.extractor.count(Convolution.self) == 2)
    #expect(split.learner.count(Convolution.self) == 1)
  }

  @Test func nothingToComputeAheadMeansNoSplit() throws {
    let model = try SmallModel.trace()
    #expect(try model.splitAtFrontier(trainable: SmallModel.all(model)) == nil)
  }

  @Test func pruningKeepsWhatOutputsNeed() throws {
    var model = try SmallModel.trace()
    model.outputs = ["b": try #require(model.endpoints["b"])]
    let pruned = model.pruned()
    #expect(pruned.count(Convolution.self) == 2)
    #expect(!pruned.parameters.contains { $0.path == "head.kernel" })
    #expect(pruned.endpoints["c"] == nil)
  }
}
