@_exported public import GraftLayers

/// A network with its name, and what its results mean; no tensors.
///
/// The layers of a backbone keep their own names. What stands after it is named under `head`, by kind
/// (`head.dropout`, `head.dense`, the next one `head.dense_1`) or as ``Layer/named(_:)`` says; so
/// is everything in a model without a backbone, but without `head`. A backbone that was given a name,
/// that lies in another layer, or that is a model's second has its layers under the name of that place:
/// `encoder.layer1`, `sequential.0.layer1`, `resnet18.layer1`.
public struct Model: Sendable {
  public var name: String
  /// What it computes.
  public let network: any Network
  /// The names of the classes, in the order of the model's results; empty if unknown.
  public var classNames: [String]

  /// A network of any inputs and outputs.
  public init(_ network: some Network, name: String = "model", classNames: [String] = []) {
    (self.network, self.name, self.classNames) = (network, name, classNames)
  }

  /// The layers of the block, one after the other, on images.
  ///
  /// - Parameters:
  ///   - name: By default the name of the backbone.
  ///   - inputSize: By default what the backbone was made for, else 224 × 224.
  ///   - inputChannels: By default the backbone's, else 3.
  public init(
    name: String? = nil, inputSize: Extent2D? = nil, inputChannels: Int? = nil,
    classNames: [String] = [], @LayerBuilder layers: () -> [any Layer]
  ) {
    var chain = Chain(layers(), inputSize: inputSize ?? 224, inputChannels: inputChannels ?? 3)
    let backbone = Model(chain).backbone
    chain.inputSize = inputSize ?? backbone?.inputSize ?? 224
    chain.inputChannels = inputChannels ?? backbone?.inputChannels ?? 3
    (network, self.classNames) = (chain, classNames)
    self.name = name ?? backbone?.name ?? "model"
  }

  /// The layers, where the network is a chain of them.
  public var layers: [any Layer] { (network as? Chain)?.layers ?? [] }
  /// The height and width of the images that a chain of layers takes.
  public var inputSize: Extent2D { (network as? Chain)?.inputSize ?? 1 }
  /// The channels of the images that a chain of layers takes.
  public var inputChannels: Int { (network as? Chain)?.inputChannels ?? 1 }

  /// A backbone as a model of its own, as for extracting features or for its own classes.
  public init(_ backbone: Backbone) { self.init { backbone } }

  /// The first backbone, wherever it stands, if the model is built on one.
  public var backbone: Backbone? {
    if let backbone = layers.lazy.compactMap(\.heldBackbone).first { return backbone }
    // Only tracing tells what lies in a layer of a user's own, even where it then fails.
    let scope = Scope(GraphBuilder())
    trace(batchSize: 1, in: scope)
    return scope.parts.lazy.compactMap { $0.part as? Backbone }.first
  }

  /// The model's computation for batches of a size.
  ///
  /// Inputs: those of the network and, with a ``Dropout``, `seeds`. Outputs: the network's.
  ///
  /// - Parameter samples: What the samples consist of; by default what the network takes.
  /// - Throws: `GraphError` with the path of the first layer that doesn't fit.
  public func trace(batchSize: Int, samples: Signature? = nil) throws(GraphError) -> Graph {
    let scope = Scope(GraphBuilder())
    trace(batchSize: batchSize, samples: samples, in: scope)
    return try scope.builder.finish()
  }

  /// The model's layers, named values and parameters.
  ///
  /// - Throws: `GraphError` with the path of the first layer that doesn't fit.
  public func outline() throws(GraphError) -> Outline {
    let scope = Scope(GraphBuilder())
    let outputs = trace(batchSize: 1, in: scope)
    let graph = try scope.builder.finish()
    return Outline(
      name: name, parameters: graph.parameters, endpoints: scope.endpoints, inputs: network.inputs,
      outputs: Signature(
        outputs.named.map { name, symbol in
          let extents = Array(symbol.shape.extents.dropFirst())
          return TensorSpec(name, Shape(extents), symbol.type.elementType)
        }), parts: scope.parts.compactMap(PlacedPart.init))
  }

  /// All parameters, in the order in which the layers declare them.
  public var parameters: [Parameter] {
    get throws(GraphError) { try outline().parameters }
  }

  /// Every layer and alias, in the order in which their values are computed.
  public var endpoints: [Endpoint] {
    get throws(GraphError) { try outline().endpoints }
  }

  /// The layer or alias called `name`, for freezing, reading or explaining.
  ///
  /// - Throws: ``ModelError`` with the nearest names where there is none; `GraphError`.
  public subscript(name: String) -> Endpoint {
    get throws { try outline().endpoint(name) }
  }

  @discardableResult
  private func trace(
    batchSize: Int, samples: Signature? = nil, in scope: Scope
  ) -> Tensors {
    var traced: Tensors = [:]
    for tensor in (samples ?? network.inputs).tensors {
      // Plain rows of numbers are taken for what the network reads.
      let own = network.inputs[tensor.name]
      let isRow = own.map { $0.type.shape.rank != tensor.type.shape.rank } ?? false
      let type = (isRow ? own ?? tensor : tensor).type(batchSize: batchSize)
      let isPossible =
        type.shape.extents.allSatisfy { $0 <= Self.largestExtent } && type.shape.isPossible
      if scope.require(isPossible, "batches of \(type.shape) are not possible") {
        traced.append(scope.builder.input(tensor.name, type), as: tensor.name)
      } else {
        let small = Shape(Array(repeating: 1, count: type.shape.rank))
        let symbol = scope.builder.input(tensor.name, TensorType(small, type.elementType))
        return [TensorName.output: symbol]
      }
    }
    let outputs = network.trace(traced, in: scope)
    for (name, symbol) in outputs.named {
      scope.builder.output(symbol, as: name)
      scope.offer(symbol, as: name)
    }
    return outputs
  }

  /// The most samples, rows, columns or channels of a batch.
  private static let largestExtent = 1 << 16
}
