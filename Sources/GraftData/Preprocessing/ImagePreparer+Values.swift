import Foundation

extension ImagePreparer {
  /// The prepared values of one picture file.
  ///
  /// - Returns: height x width x channels values.
  /// - Throws: `ImageError` with the path.
  public func values(ofFileAt path: String) throws -> [Float] {
    try makeValues { try prepare(fileAt: path, into: $0) }
  }

  /// The prepared values of one picture file held in memory.
  ///
  /// - Returns: height x width x channels values.
  /// - Throws: `ImageError` without a path.
  public func values(ofEncoded data: Data) throws -> [Float] {
    try makeValues { values in
      try data.withUnsafeBytes { try prepare(encoded: $0, into: values) }
    }
  }

  /// The prepared values of decoded pixels.
  ///
  /// - Returns: height x width x channels values.
  /// - Throws: `ImageError` where there is no memory.
  public func values(of image: RGBImage) throws -> [Float] {
    try makeValues { try prepare(image, into: $0) }
  }

  private func makeValues(
    _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    let valueCount = preprocessing.valueCount
    return try [Float](unsafeUninitializedCapacity: valueCount) { values, count in
      try fill(UnsafeMutableBufferPointer(rebasing: values[..<valueCount]))
      count = valueCount
    }
  }
}
