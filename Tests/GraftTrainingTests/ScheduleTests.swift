import Graft
import Testing

/// The order in which a graph's operations run.
@Suite struct ScheduleTests {
  /// What reads a parameter's old value through a view must do so before the update writes over it.
  @Test(arguments: TestDevice.all)
  func anUpdateWaitsForWhoeverReadsThroughAView(device: TestDevice) throws {
    let parameter = Parameter(
      path: "weight", type: TensorType([2, 3]), role: .denseKernel, initializer: .constant(1))
    let builder = GraphBuilder()
    let weight = builder.parameter(parameter)
    let gradient = builder.input("gradient", TensorType([2, 3]), kind: .control)
    let rate = builder.input("rate", TensorType([1]), kind: .control)
    let view = weight.reshaped(to: [3, 2]).reshaped(to: [6])
    let update = SGDUpdate(momentum: 0, isNesterov: false, weightDecay: 0)
    builder.assign(builder.apply(update, to: weight, gradient, rate), to: "weight")
    builder.output(builder.apply(Scale(by: 2), to: view), as: "twice")
    let store = ParameterStore()
    store.set("weight", shape: [2, 3], to: [1, 2, 3, 4, 5, 6])
    let session = try device.open().makeSession(parameters: store)
    let graph = try session.compile(builder.finish())
    try [Float](repeating: 10, count: 6).withUnsafeBytes { try graph.write($0, to: "gradient") }
    try [Float(1)].withUnsafeBytes { try graph.write($0, to: "rate") }
    try graph.run()
    var twice = [Float](repeating: 0, count: 6)
    try twice.withUnsafeMutableBytes { try graph.read("twice", into: $0) }
    #expect(twice == [2, 4, 6, 8, 10, 12])
    try session.download()
    #expect(try store.values(at: "weight") == [-9, -8, -7, -6, -5, -4])
  }
}
