import Graft
import GraftRandom
import Testing

@Suite struct BatchSlicingRunTests {
  /// A network with a stem, a residual block, concatenated branches and squeeze-and-excitation.
  private func network(_ numbers: inout SplitMix64) throws -> (Graph, ParameterStore) {
    let store = ParameterStore()
    let builder = GraphBuilder()
    var count = 0
    func convolve(_ x: Symbol, _ size: Int, _ channels: Int, groups: Int = 1) throws -> Symbol {
      count += 1
      let path = ParameterPath("kernel\(count)")
      let type = TensorType([size, size, x.shape[3] / groups, channels])
      let parameter = Parameter(
        path: path, type: type, role: .convolutionKernel, initializer: .glorotUniform)
      store.set(path, shape: type.shape, to: values(type.shape.count, &numbers).map { $0 * 0.3 })
      let geometry = ConvolutionGeometry(padding: EdgePadding(size / 2), groups: groups)
      return builder.apply(Convolution(geometry), to: x, builder.parameter(parameter))
    }
    var x = builder.input("input", TensorType([6, 9, 11, 3]))
    x = builder.apply(Activate(.relu), to: try convolve(x, 3, 32))
    let residual = x
    x = builder.apply(Activate(.silu), to: try convolve(x, 3, 32, groups: 32))
    let means = builder.apply(GlobalPooling(.average), to: x)
    let pooled = builder.apply(Reshape(to: [6, 1, 1, 32]), to: means)
    let scale = builder.apply(Activate(.sigmoid), to: try convolve(pooled, 1, 32))
    x = builder.apply(Combine(.multiply), to: x, scale)
    x = builder.apply(Combine(.add), to: try convolve(x, 1, 32), residual)
    builder.output(x, as: "middle")
    let branches = [try convolve(x, 1, 8), try convolve(x, 3, 40)]
    x = builder.apply(Concatenation(axis: 3), to: branches)[0]
    x = builder.apply(Activate(.tanh), to: try convolve(x, 3, 16))
    builder.output(builder.apply(GlobalPooling(.average), to: x), as: "output")
    return (try builder.finish().hoisted(trainable: []), store)
  }

  /// Between -1 and 1.
  private func values(_ count: Int, _ numbers: inout SplitMix64) -> [Float] {
    (0..<count).map { _ in 2 * numbers.nextUnit() - 1 }
  }

  private func input() -> [Float] {
    var numbers = SplitMix64(seed: 5)
    return values(6 * 9 * 11 * 3, &numbers)
  }

  private func results(
    on device: any Device
  ) throws -> (outputs: [String: [Float]], report: MemoryReport, allocated: Int) {
    var numbers = SplitMix64(seed: 3)
    let (graph, store) = try network(&numbers)
    let compiled = try device.makeSession(parameters: store).compile(graph)
    var outputs: [String: [Float]] = [:]
    // The second run finds the arena as the first left it.
    for _ in 0..<2 {
      try input().withUnsafeBytes { try compiled.write($0, to: "input") }
      try compiled.run()
      for name in compiled.outputNames {
        let count = try #require(compiled.type(of: name)).shape.count
        var values = [Float](repeating: .nan, count: count)
        try values.withUnsafeMutableBytes { try compiled.read(name, into: $0) }
        outputs[name] = values
      }
    }
    return (outputs, compiled.report, device.allocatedByteCount)
  }

  @Test("Slices give the results of the whole batch, bit for bit", arguments: [1, 20_000, 60_000])
  func slicesAgree(byteCount: Int) throws {
    let whole = try results(on: CPUDevice(threadCount: 2, sliceByteCount: nil))
    let sliced = try results(on: CPUDevice(threadCount: 2, sliceByteCount: byteCount))
    #expect(whole.outputs.keys.sorted() == ["middle", "output"])
    #expect(sliced.outputs == whole.outputs)
    #expect(sliced.report.totalByteCount == sliced.allocated)
  }

  /// Few tiles may take another algorithm than many, which rounds differently.
  @Test(
    "Slices give the results of the whole batch through OpenCL",
    .enabled(if: !TestDevice.openCL.isEmpty, TestDevice.absence), arguments: [1, 20_000, 60_000])
  func slicesAgreeThroughOpenCL(byteCount: Int) throws {
    for description in try OpenCLDevice.all() where description.kind == .cpu {
      let whole = try results(on: OpenCLDevice(description, sliceByteCount: nil))
      let sliced = try results(on: OpenCLDevice(description, sliceByteCount: byteCount))
      for (name, expected) in whole.outputs {
        let values = try #require(sliced.outputs[name])
        let scale = expected.reduce(0) { max($0, abs($1)) }
        #expect(scale > 0)
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= 2e-6 * scale })
      }
      if byteCount == 1 {
        #expect(sliced.report.arenaByteCount < whole.report.arenaByteCount)
      }
      #expect(sliced.report.totalByteCount == sliced.allocated)
    }
  }

  @Test func slicesNeedLessMemory() throws {
    let whole = try results(on: CPUDevice(sliceByteCount: nil)).report
    let sliced = try results(on: CPUDevice(sliceByteCount: 1)).report
    #expect(sliced.arenaByteCount < whole.arenaByteCount)
    #expect(sliced.constantByteCount == whole.constantByteCount)
  }
}
