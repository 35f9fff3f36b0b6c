import GraftImageKernels

/// The 256 results of a normalization, one table for each channel of the result.
struct NormalizationTable {
  private let values: [Float]
  private let order: [UInt8]

  init(_ preprocessing: Preprocessing) {
    let levels = 0..<256
    values = zip(preprocessing.mean, preprocessing.standardDeviation).flatMap { mean, deviation in
      levels.map { Float((Double($0) * preprocessing.scale - mean) / deviation) }
    }
    order =
      switch preprocessing.channelOrder {
      case .rgb: [0, 1, 2]
      case .bgr: [2, 1, 0]
      case .gray: [0]
      }
  }

  /// Writes the normalized pixels, packed; `destination` holds one value for each.
  func normalize(_ pixels: GraftPixelView, into destination: UnsafeMutableBufferPointer<Float>) {
    guard let base = destination.baseAddress else { return }
    precondition(
      destination.count == Int(pixels.width) * Int(pixels.height) * order.count,
      "the destination holds one value for each pixel and channel")
    values.withUnsafeBufferPointer { values in
      guard let table = values.baseAddress else { return }
      graft_normalize(pixels, table, order, Int32(order.count), base)
    }
  }
}
