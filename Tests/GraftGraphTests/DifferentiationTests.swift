import GraftGraph
import Testing

@Suite struct DifferentiationTests {
  @Test func frozenParametersHaveNoGradientAndNoBackwardStepBelowTheFrontier() throws {
    let model = try SmallModel.trace()
    let (graph, gradients) = try SmallModel.differentiated(model, SmallModel.head)
    let backward = graph.nodes.filter { $0.phase == .backward }
    #expect(gradients.count == 2)
    #expect(graph.count(ConvolutionInputGradient.self) == 0)
    #expect(graph.count(ConvolutionKernelGradient.self) == 0)
    #expect(graph.count(ActivationGradient.self) == 0)
    // The seed, the gradient of the scores, of the kernel and of the bias: nothing else.
    #expect(backward.count == 4)
  }

  @Test func onlyTheTrainablePartGetsGradients() throws {
    let model = try SmallModel.trace()
    let trainable = SmallModel.head.union(["c.kernel"])
    let (graph, gradients) = try SmallModel.differentiated(model, trainable)
    #expect(gradients.count == 3)
    #expect(graph.count(ConvolutionKernelGradient.self) == 1)
    #expect(graph.count(ConvolutionInputGradient.self) == 0)
    #expect(graph.count(BatchNormalizationParameterGradient.self) == 0)
  }

  @Test func aTrainableFirstLayerPullsGradientsThroughFrozenOnes() throws {
    let model = try SmallModel.trace()
    let (graph, gradients) = try SmallModel.differentiated(model, ["a.kernel"])
    #expect(gradients.count == 1)
    #expect(graph.count(ConvolutionInputGradient.self) == 2)
    #expect(graph.count(ConvolutionKernelGradient.self) == 1)
  }

  @Test func everythingTrainableGetsOneGradientEach() throws {
    let model = try SmallModel.trace()
    let all = SmallModel.all(model)
    let (graph, gradients) = try SmallModel.differentiated(model, all)
    let values = graph.values(of: all)
    #expect(gradients.count == all.count)
    for (path, value) in values {
      let gradient = try #require(gradients[value], "\(path)")
      #expect(graph.type(of: gradient) == graph.type(of: value), "\(path)")
    }
  }

  @Test func anErrorKeepsTheLayerInWhichItHappenedFirst() {
    let builder = GraphBuilder()
    let x = builder.input("input", TensorType([1, 4, 4, 3]))
    builder.layer = "stem.conv"
    let kernel = builder.input("kernel", TensorType([3, 3, 4, 8]))
    let y = builder.apply(Convolution(ConvolutionGeometry()), to: x, kernel)
    builder.layer = "later"
    _ = builder.apply(MatrixProduct(), to: y, kernel)
    #expect {
      try builder.finish()
    } throws: { error in
      (error as? GraphError)?.layer == "stem.conv"
    }
  }
}
