import Foundation
import Graft

extension Tutorials {
  /// Pictures in memory: summary, training, evaluation, curves.
  static func runNotebook() async throws {
    let base = try await Backbone.vgg16(weights: .imageNet)
    print(try base.summary())
    let (training, test) = (try noise(100, seed: 42), try noise(20, seed: 43))

    let model = Model(classNames: ["cat", "dog"]) {
      base
      Flatten()
      Dense(256, activation: .relu)
      Dropout(0.5)
      Dense(2)
    }
    let learner = try Learner(model, freezing: .allOf(base), seed: 42)
    print(try learner.summary())
    let history = try await learner.fit(training.split(validation: 0.2), epochs: 5)

    let metrics = try await learner.evaluate(test)
    print("Test accuracy: \(metrics.accuracy ?? 0), test loss: \(metrics.loss)")
    print(history)
    try await learner.report(on: test, to: URL(fileURLWithPath: "notebook.html"))
  }

  private static func noise(_ count: Int, seed: UInt64) throws -> ArrayDataset<Int> {
    var generator = SeededGenerator(seed: seed)
    return try ArrayDataset(
      values: (0..<count * 224 * 224 * 3).map { _ in Float(generator.nextUnit()) },
      sampleShape: [224, 224, 3],
      labels: (0..<count).map { _ in generator.nextUnit() < 0.5 ? 0 : 1 }, classes: ["cat", "dog"])
  }
}
