internal import Foundation
internal import Graft

/// Tensors as PyTorch computed them, in Graft's layout.
struct GoldenFile {
  private let file: WeightFile

  init(_ url: URL) throws { file = try WeightFile(contentsOf: url) }

  var names: [String] { file.tensors.map(\.name) }

  /// The elements of a tensor with the channels last.
  func values(_ name: String) throws -> [Float] {
    guard let tensor = file[name] else { throw ParityError.missing(name, file: file.url.path) }
    let (values, extents) = (try tensor.load(), tensor.shape.extents)
    guard extents.count == 4 else { return values }
    let (channels, area) = (extents[1], extents[2] * extents[3])
    return [Float](unsafeUninitializedCapacity: values.count) { result, count in
      for sample in 0..<extents[0] {
        let base = sample * channels * area
        for channel in 0..<channels {
          for pixel in 0..<area {
            result[base + pixel * channels + channel] = values[base + channel * area + pixel]
          }
        }
      }
      count = values.count
    }
  }

  /// The elements of a parameter's gradient as Graft lays out the parameter.
  ///
  /// - Parameter layout: The order of axes in the file.
  func gradient(
    _ name: String, of parameter: Parameter, layout: WeightLayout
  ) throws -> [Float] {
    guard let tensor = file[name] else { throw ParityError.missing(name, file: file.url.path) }
    let (values, shape) = (try tensor.load(), parameter.type.shape.extents)
    guard layout == .torch else { return values }
    switch parameter.role {
    case .convolutionKernel, .depthwiseKernel:
      return Self.permuted(values, [shape[3], shape[2], shape[0], shape[1]], [2, 3, 1, 0])
    case .denseKernel: return Self.permuted(values, [shape[1], shape[0]], [1, 0])
    case .flattenedDenseKernel(let height, let width, let channels):
      return Self.permuted(values, [shape[1], channels, height, width], [2, 3, 1, 0])
    default: return values
    }
  }

  /// The elements with the axes in another order.
  private static func permuted(_ values: [Float], _ extents: [Int], _ order: [Int]) -> [Float] {
    var strides = Array(repeating: 1, count: extents.count)
    for axis in extents.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    var offsets = [0]
    for axis in order {
      offsets = offsets.flatMap { base in (0..<extents[axis]).map { base + $0 * strides[axis] } }
    }
    return offsets.map { values[$0] }
  }
}
