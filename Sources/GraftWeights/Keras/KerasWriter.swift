import Foundation
import GraftGraph

/// Writes `.weights.h5`, which `model.load_weights` of Keras 3 reads.
public enum KerasWriter {
  /// Writes a model so that the file appears complete or not at all.
  ///
  /// Keras finds weights by the order of the layers of each class, so the model in Keras has to be
  /// built of the same layers, functional or sequential, without one model inside of another.
  ///
  /// - Parameters:
  ///   - layers: Every layer that has weights, in the order of Keras's `model.layers`.
  ///   - parameters: All parameters of the model.
  ///   - normalization: Mean and variance of the pixels by channel, for a model of Keras that
  ///     begins with a layer for them.
  ///   - url: Where to write; Keras wants the name to end in `.weights.h5`.
  ///   - load: Gives the value of a parameter, in Graft's layout.
  /// - Throws: `WeightFileError`, `WeightMismatch` when a parameter belongs to none of the layers,
  ///   and whatever `load` throws; then nothing is written.
  public static func write(
    _ layers: [KerasLayer], parameters: [Parameter],
    normalization: (mean: [Float], variance: [Float])? = nil, to url: URL,
    load: @escaping @Sendable (Parameter) throws -> [Float]
  ) throws {
    let placed = PlacedKerasLayer.place(layers, parameters)
    let written = Set(placed.flatMap { $0.variables.map(\.parameter.path) })
    var mismatch = WeightMismatch(file: url.path)
    mismatch.missing = parameters.map(\.path).filter { !written.contains($0) }
    guard mismatch.isEmpty else { throw mismatch }
    var writer = HDF5Writer()
    let map = WeightMap(layout: .keras)
    for layer in placed {
      let group = "layers/\(layer.group)/vars"
      writer.label(group, "name", layer.name)
      let tensors = map.writableTensors(layer.variables.map(\.parameter), load: load)
      for (index, tensor) in tensors.enumerated() {
        writer.add(tensor, named: String(index), to: group)
      }
    }
    if let normalization { add(normalization, to: &writer) }
    try writer.write(to: url)
  }

  /// The layer `Normalization` with its variables: mean, variance and a count that nothing reads.
  private static func add(
    _ normalization: (mean: [Float], variance: [Float]), to writer: inout HDF5Writer
  ) {
    let name = KerasLayerClass.normalization.rawValue
    let group = "layers/\(name)/vars"
    writer.label(group, "name", name)
    let variables = [normalization.mean, normalization.variance, [0]]
    for (index, values) in variables.enumerated() {
      let shape = index < 2 ? Shape([values.count]) : Shape([])
      let tensor = WritableTensor(name: "\(name)/\(index)", shape: shape) { values }
      writer.add(tensor, named: String(index), to: group)
    }
  }
}
