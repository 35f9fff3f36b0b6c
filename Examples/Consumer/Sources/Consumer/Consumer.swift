import Foundation
import Graft

/// Learns to tell bright from dark noise, with nothing but the library: no files, no weights.
@main
struct Consumer {
  static func main() async throws {
    let model = Model(name: "brightness", inputSize: 16, classNames: ["dark", "bright"]) {
      Convolution2D(8, kernel: 3, activation: .relu)
      GlobalAveragePooling()
      Dropout(0.1)
      Dense(2)
    }
    let learner = try Learner(model, optimizer: .adam(0.02), device: DeviceChoice.cpu.open())
    let photos = try makeNoise(count: 64)
    try await learner.fit(photos, epochs: 8, batchSize: 16)
    let metrics = try await learner.evaluate(photos.validation)
    print("accuracy \(metrics.accuracy ?? 0), loss \(metrics.loss)")
  }

  private static func makeNoise(count: Int) throws -> DatasetSplit<Subset<ArrayDataset<Int>>> {
    var generator = SeededGenerator(seed: 1)
    let labels = (0..<count).map { $0 % 2 }
    let values = labels.flatMap { label in
      (0..<16 * 16 * 3).map { _ in Float(generator.nextUnit()) + (label == 1 ? 0.3 : 0) }
    }
    return try ArrayDataset(values: values, sampleShape: [16, 16, 3], labels: labels)
      .split(validation: 0.25)
  }
}
