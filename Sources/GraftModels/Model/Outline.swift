import GraftLayers

/// What a model consists of: its layers, named values and parameters, without its computation.
public struct Outline: Sendable {
  /// The model's name.
  public let name: String
  /// All parameters, in the order in which the layers declare them.
  public let parameters: [Parameter]
  /// Every layer and alias, in the order in which their values are computed.
  public let endpoints: [Endpoint]
  /// What one sample consists of.
  public let inputs: Signature
  /// What the model gives for one sample.
  public let outputs: Signature
  /// The parts that may bring weights, wherever they stand, in the order in which data flow through them.
  public let parts: [PlacedPart]

  /// The type of a batch of one sample of the first input.
  public var input: TensorType {
    inputs.tensors.first?.type(batchSize: 1) ?? TensorType([1])
  }
  /// The type of the first result for a batch of one sample.
  public var output: TensorType {
    outputs.tensors.first?.type(batchSize: 1) ?? TensorType([1])
  }
  /// The backbones, wherever they stand, in the order in which data flow through them.
  public var backbones: [PlacedBackbone] { parts.compactMap(PlacedBackbone.init) }

  /// The number of elements of all parameters, running statistics aside.
  public var parameterCount: Int {
    parameters.filter(\.role.isTrainable).reduce(0) { $0 + $1.type.shape.count }
  }

  /// The layer, alias or output called `name`.
  ///
  /// - Throws: ``ModelError/unknownLayer(_:model:nearest:)`` with the nearest names.
  public func endpoint(_ name: String) throws(ModelError) -> Endpoint {
    guard let endpoint = endpoints.first(where: { $0.name == name }) else {
      throw unknown(name)
    }
    return endpoint
  }

  /// The positions of the parameters of the layer called `name`, which may also be the common
  /// beginning of the paths of several (`head`).
  ///
  /// - Throws: ``ModelError/unknownLayer(_:model:nearest:)`` with the nearest names.
  public func parameterRange(of name: String) throws(ModelError) -> Range<Int> {
    if let endpoint = endpoints.first(where: { $0.name == name }) { return endpoint.parameters }
    let inside = endpoints.filter { $0.name.hasPrefix(name + ".") }
    guard let first = inside.map(\.parameters.lowerBound).min(),
      let end = inside.map(\.parameters.upperBound).max()
    else { throw unknown(name) }
    return first..<end
  }

  private func unknown(_ name: String) -> ModelError {
    let nearest = NearestNames.of(name, among: endpoints.map(\.name))
    return .unknownLayer(name, model: self.name, nearest: nearest)
  }
}
