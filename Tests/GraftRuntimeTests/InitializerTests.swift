import GraftGraph
import GraftRuntime
import Testing

@Suite struct InitializerTests {
  private func values(
    _ shape: Shape, _ role: ParameterRole, _ initializer: Initializer, seed: UInt64 = 1
  ) throws -> [Float] {
    let parameter = Parameter(
      path: "kernel", type: TensorType(shape), role: role, initializer: initializer)
    let store = ParameterStore()
    store.initialize([parameter], seed: seed)
    return try store.values(at: "kernel")
  }

  private func moments(_ values: [Float]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, squares / Double(values.count))
  }

  @Test func heVarianceIsTwoByTheOutputsThatAnInputFeeds() throws {
    // As torch.nn.init.kaiming_normal_(mode="fan_out") has it.
    let found = moments(try values([3, 3, 64, 128], .convolutionKernel, .heNormal))
    #expect(abs(found.variance * (9 * 128) / 2 - 1) < 0.03)
    #expect(abs(found.mean) < 1e-3)
  }

  @Test func depthwiseKernelsCountTheirOwnChannel() throws {
    // As timm's EfficientNets have it: fan_out divided by the groups.
    let found = moments(try values([3, 3, 1, 2048], .depthwiseKernel, .heNormal))
    #expect(abs(found.variance * 9 / 2 - 1) < 0.05)
  }

  @Test func glorotValuesStayWithinTheirBound() throws {
    let bound = (6.0 / (300 + 100)).squareRoot()
    let values = try values([300, 100], .denseKernel, .glorotUniform)
    #expect(values.allSatisfy { abs(Double($0)) <= bound * 1.0001 })
    #expect(abs(moments(values).variance / (bound * bound / 3) - 1) < 0.03)
  }

  @Test func seedAndPathDecide() throws {
    let shape: Shape = [4, 4]
    let first = try values(shape, .denseKernel, .heNormal)
    #expect(try values(shape, .denseKernel, .heNormal) == first)
    #expect(try values(shape, .denseKernel, .heNormal, seed: 2) != first)
  }
}
