public import GraftGraph
import GraftWeights

extension BatchNormalization: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    step.add(
      "BatchNormalization", try (0..<5).map(step.name), ["epsilon": .float(epsilon)])
  }
}
