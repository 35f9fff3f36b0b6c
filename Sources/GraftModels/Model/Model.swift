@_exported public import GraftLayers

/// A network as a value: layers, the images it takes, and what its results mean; no tensors.
///
/// The layers of a backbone keep their own names. What stands after it is named under `head`, by kind
/// (`head.dropout`, `head.dense`, the next one `head.dense_1`) or as ``Layer/named(_:)`` says; so
/// is everything in a model without a backbone, but without `head`. A backbone that was given a name,
/// that lies in another layer, or that is a model's second has its layers under the name of that place:
/// `encoder.layer1`, `sequential.0.layer1`, `resnet18.layer1`.
public struct Model: Sendable {
  public var name: String
  public var layers: [any Layer]
  /// The height and width of the images.
  public var inputSize: Extent2D
  /// The channels of the images.
  public var inputChannels: Int
  /// The names of the classes, in the order of the model's results; empty if unknown.
  public var classNames: [String]

  /// The layers of the block, one after the other.
  ///
  /// - Parameters:
  ///   - name: By default the name of the backbone.
  ///   - inputSize: By default what the backbone was made for, else 224 × 224.
  ///   - inputChannels: By default the backbone's, else 3.
  public init(
    name: String? = nil, inputSize: Extent2D? = nil, inputChannels: Int? = nil,
    classNames: [String] = [], @LayerBuilder layers: () -> [any Layer]
  ) {
    (self.layers, self.classNames) = (layers(), classNames)
    (self.name, self.inputSize, self.inputChannels) = (
      "model", inputSize ?? 224, inputChannels ?? 3
    )
    let backbone = self.backbone
    self.name = name ?? backbone?.name ?? "model"
    self.inputSize = inputSize ?? backbone?.inputSize ?? 224
    self.inputChannels = inputChannels ?? backbone?.inputChannels ?? 3
  }

  /// A backbone as a model of its own, as for extracting features or for its own classes.
  public init(_ backbone: Backbone) { self.init { backbone } }

  /// The first backbone, wherever it stands, if the model is built on one.
  public var backbone: Backbone? {
    if let backbone = layers.lazy.compactMap(\.heldBackbone).first { return backbone }
    // Only tracing tells what lies in a layer of a user's own, even where it then fails.
    let scope = Scope(GraphBuilder())
    trace(batchSize: 1, in: scope)
    return scope.parts.lazy.compactMap { $0.layer as? Backbone }.first
  }

  /// The model's computation for batches of a size.
  ///
  /// Inputs: `input` (N, height, width, channels) and, with a ``Dropout``, `seeds`. Output: `output`.
  /// A classifier also has the endpoint `logits`: the same before a final softmax or sigmoid; a model
  /// on a backbone has `pooled`, the means of the backbone's last map.
  ///
  /// - Throws: `GraphError` with the path of the first layer that doesn't fit.
  public func trace(batchSize: Int) throws(GraphError) -> Graph {
    let scope = Scope(GraphBuilder())
    trace(batchSize: batchSize, in: scope)
    return try scope.builder.finish()
  }

  /// The model's layers, named values and parameters.
  ///
  /// - Throws: `GraphError` with the path of the first layer that doesn't fit.
  public func outline() throws(GraphError) -> Outline {
    let scope = Scope(GraphBuilder())
    let (input, output) = trace(batchSize: 1, in: scope)
    let graph = try scope.builder.finish()
    return Outline(
      name: name, parameters: graph.parameters, endpoints: scope.endpoints, input: input.type,
      output: output.type, backbones: scope.parts.compactMap(PlacedBackbone.init))
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
  private func trace(batchSize: Int, in scope: Scope) -> (input: Symbol, output: Symbol) {
    let extents = [batchSize, inputSize.height, inputSize.width, inputChannels]
    let isPossible =
      extents.allSatisfy { $0 <= Self.largestExtent } && Shape(extents).isPossible
    let type = TensorType(isPossible ? Shape(extents) : [1, 1, 1, 1])
    let input = scope.builder.input("input", type)
    guard scope.require(isPossible, "batches of \(Shape(extents)) are not possible") else {
      return (input, input)
    }
    var output = input
    var names = LayerNames()
    for layer in layers {
      if let backbone = layer as? Backbone, !names.isInHead {
        output = backbone(output, in: scope.transparent(backbone.name))
        offerPooled(output, in: scope)
        names.isInHead = true
      } else if let backbone = layer as? Backbone {
        output = backbone(output, in: scope / names.next(of: backbone.name))
      } else {
        output = layer(output, in: scope / names.next(for: layer))
      }
    }
    scope.builder.output(output, as: "output")
    scope.offer(output, as: "output")
    let endsWithClassifier = (layers.last as? Backbone)?.includesTop ?? false
    if let logits = endsWithClassifier ? output : Self.logits(behind: output) {
      scope.offer(logits, as: "logits")
    }
    return (input, output)
  }

  /// Offers the means of the backbone's last map, whatever the head makes of it; nobody computes
  /// them who doesn't read them.
  private func offerPooled(_ features: Symbol, in scope: Scope) {
    guard features.shape.rank == 4 else { return }
    scope.offer(scope.builder.apply(GlobalPooling(.average), to: features), as: "pooled")
  }

  /// The most samples, rows, columns or channels of a batch.
  private static let largestExtent = 1 << 16

  /// What a final softmax or sigmoid is applied to, or the result itself; `nil` where the result is
  /// no row of numbers computed by a layer with weights.
  private static func logits(behind output: Symbol) -> Symbol? {
    let graph = output.builder.graph
    var value = output.value
    if graph[value].operation is GraftGraph.Softmax
      || graph[value].operation as? Activate == Activate(.sigmoid)
    {
      value = graph[value].operands[0]
    }
    let isClassifier =
      graph[value].operation is MatrixProduct || graph[value].operation is GraftGraph.Reshape
    return isClassifier && graph.type(of: value).shape.rank == 2
      ? output.builder.symbol(value) : nil
  }
}

/// Names the layers of a model that bring none: by kind, counted where a kind returns.
private struct LayerNames {
  var isInHead = false
  private var counts: [String: Int] = [:]

  mutating func next(for layer: any Layer) -> String {
    next(of: (isInHead ? "head." : "") + layer.kind)
  }

  mutating func next(of kind: String) -> String {
    let count = counts[kind, default: 0]
    counts[kind] = count + 1
    return count == 0 ? kind : "\(kind)_\(count)"
  }
}
