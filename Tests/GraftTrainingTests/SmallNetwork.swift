import Foundation
import Graft

/// The network of `make_training_fixtures.py`.
struct SmallNetwork: Layer {
  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    func unit(_ x: Symbol, _ index: Int, _ convolution: Convolution2D) -> Symbol {
      let y = convolution(x, in: scope / "conv\(index)")
      return BatchNormalization(epsilon: 1e-5)(y, in: scope / "bn\(index)")
    }
    func convolution(_ kernel: Int, stride: Int = 1, groups: Int = 1) -> Convolution2D {
      Convolution2D(
        8, kernel: Extent2D(kernel), strides: Extent2D(stride), padding: .symmetric(kernel / 2),
        groups: groups, hasBias: false)
    }
    let x = unit(input, 1, convolution(3, stride: 2)).activated(.relu)
    var y = unit(x, 2, convolution(3, groups: 8)).activated(.relu6)
    y = unit(y, 3, convolution(1))
    y = MaxPooling2D(2, strides: 2)((x + y).activated(.relu), in: scope / "pool")
    y = GlobalAveragePooling()(y, in: scope / "mean")
    return Dense(5)(y, in: scope / "fc")
  }
}

/// The runs that PyTorch made.
struct TrainingFixture {
  let file: WeightFile

  init() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/training.safetensors")
    file = try WeightFile(contentsOf: url)
  }

  func values(_ name: String) throws -> [Float] {
    guard let tensor = file[name] else { throw MissingTensor(name: name) }
    return try tensor.load()
  }
}

struct MissingTensor: Error { let name: String }
