import GraftGraph
import Testing

@Suite struct BatchSlicingTests {
  /// A chain of three convolutions on 8 images of 16 KiB each, with a residual over the last two.
  private func chain(_ change: (GraphBuilder, Symbol) -> Symbol = { $1 }) throws -> Graph {
    let builder = GraphBuilder()
    var x = builder.input("input", TensorType([8, 16, 16, 16]))
    for name in ["a", "b", "c"] {
      let kernel = builder.constant(.parameter(ParameterPath(name)), TensorType([1, 1, 16, 16]))
      x = builder.apply(Convolution(ConvolutionGeometry()), to: x, kernel)
      if name == "a" { x = change(builder, x) }
      builder.offer(x, as: name)
    }
    builder.output(builder.apply(GlobalPooling(.average), to: x), as: "output")
    return try builder.finish()
  }

  private let slicing = BatchSlicing(byteCount: 64 << 10, alignment: 64)

  @Test func aChainRunsSliceBySlice() throws {
    let sliced = try chain().slicedByBatch(slicing)
    // Two images of 16 KiB, in and out, make 64 KiB.
    let convolutions = sliced.nodes.indices.filter { sliced.nodes[$0].operation is Convolution }
    #expect(convolutions.count == 3 * 4)
    #expect(
      convolutions.allSatisfy { sliced.nodes[$0].results[0].shape == [2, 16, 16, 16] })
    #expect(sliced.count(BatchPart.self) == 4)
    #expect(sliced.count(BatchOfParts.self) == 1)
    let output = try #require(sliced.outputs["output"])
    #expect(sliced.type(of: output).shape == [8, 16])
  }

  @Test func whatIsReadLaterIsPutTogether() throws {
    var graph = try chain()
    graph.outputs["a"] = graph.endpoints["a"]
    let sliced = try graph.slicedByBatch(slicing)
    #expect(sliced.count(BatchOfParts.self) == 2)
    let whole = try #require(sliced.outputs["a"])
    #expect(sliced.type(of: whole).shape == [8, 16, 16, 16])
    #expect(sliced[whole].operands.map { sliced.type(of: $0).shape[0] } == [2, 2, 2, 2])
  }

  @Test func anOperationThatMixesSamplesStaysWhole() throws {
    let graph = try chain { builder, x in
      let shape = Shape([16])
      let gamma = builder.constant(.parameter("gamma"), TensorType(shape))
      return builder.apply(BatchNormalizationTraining(epsilon: 1e-3), to: [x, gamma, gamma])[0]
    }
    let sliced = try graph.slicedByBatch(slicing)
    // The first convolution stands alone: slicing it would save nothing.
    let shapes = sliced.nodes.filter { $0.operation is Convolution }.map { $0.results[0].shape[0] }
    #expect(shapes == [8] + Array(repeating: 2, count: 8))
    #expect(sliced.count(BatchNormalizationTraining.self) == 1)
  }

  @Test func whatFitsStaysWhole() throws {
    let graph = try chain()
    let roomy = BatchSlicing(byteCount: 1 << 20, alignment: 64)
    #expect(try graph.slicedByBatch(roomy).count(BatchPart.self) == 0)
  }

  @Test func slicesThatCannotBeAlignedStayWhole() throws {
    let builder = GraphBuilder()
    var x = builder.input("input", TensorType([4, 3, 3, 1]))
    for activation in [Activation.relu, .relu6, .tanh] {
      x = builder.apply(Activate(activation), to: x)
    }
    builder.output(x, as: "output")
    let graph = try builder.finish()
    let small = BatchSlicing(byteCount: 1, alignment: 64)
    #expect(try graph.slicedByBatch(small).count(BatchPart.self) == 0)
    let fine = BatchSlicing(byteCount: 1, alignment: 4)
    #expect(try graph.slicedByBatch(fine).count(BatchPart.self) == 4)
  }
}
