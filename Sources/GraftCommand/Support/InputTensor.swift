import Foundation
import Graft

/// The tensor `input` of a file, channels last.
struct InputTensor {
  let shape: Shape
  let values: [Float]

  init(contentsOf url: URL, layout: ImageLayout) throws {
    let file = try WeightFile(contentsOf: url)
    guard let tensor = file["input"] else { throw FeatureError.noInput(url.path) }
    guard tensor.shape.rank == 4, tensor.shape.count > 0 else {
      throw FeatureError.notImages(url.path, tensor.shape.extents)
    }
    let (shape, values) = (tensor.shape, try tensor.load())
    switch layout {
    case .nhwc: (self.shape, self.values) = (shape, values)
    case .nchw:
      self.shape = [shape[0], shape[2], shape[3], shape[1]]
      self.values = values.channelsLast(shape.extents)
    }
  }
}

extension [Float] {
  /// From (N, height, width, channels), the given extents, to (N, channels, height, width).
  func channelsFirst(_ extents: [Int]) -> [Float] {
    transposed(count: extents[0], rows: extents[1] * extents[2], columns: extents[3])
  }

  /// From (N, channels, height, width), the given extents, to (N, height, width, channels).
  func channelsLast(_ extents: [Int]) -> [Float] {
    transposed(count: extents[0], rows: extents[1], columns: extents[2] * extents[3])
  }

  private func transposed(count: Int, rows: Int, columns: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: self.count) { output, initializedCount in
      for matrix in 0..<count {
        let start = matrix * rows * columns
        for row in 0..<rows {
          for column in 0..<columns {
            output[start + column * rows + row] = self[start + row * columns + column]
          }
        }
      }
      initializedCount = self.count
    }
  }
}
