public import GraftLayers

/// Layers on pictures, or other tensors of height, width and channels, one after the other: what
/// ``Model/init(name:inputSize:inputChannels:classNames:layers:)`` builds.
public struct Chain: Network {
  public var layers: [any Layer]
  /// The height and width of the images.
  public var inputSize: Extent2D
  /// The channels of the images.
  public var inputChannels: Int

  /// Layers on images of a size.
  public init(_ layers: [any Layer], inputSize: Extent2D, inputChannels: Int) {
    (self.layers, self.inputSize, self.inputChannels) = (layers, inputSize, inputChannels)
  }

  public var inputs: Signature {
    [TensorSpec(TensorName.input, [inputSize.height, inputSize.width, inputChannels])]
  }

  /// Gives `output`; a classifier also has the endpoint `logits`: the same before a final softmax or
  /// sigmoid; one on a backbone has `pooled`, the means of the backbone's last map.
  public func trace(_ inputs: Tensors, in scope: Scope) -> Tensors {
    let input = inputs[TensorName.input, scope]
    guard input.shape.rank == 4 else { return [TensorName.output: input] }
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
    scope.offer(output, as: TensorName.output)
    let endsWithClassifier = (layers.last as? Backbone)?.includesTop ?? false
    if let logits = endsWithClassifier ? output : Self.logits(behind: output) {
      scope.offer(logits, as: "logits")
    }
    return [TensorName.output: output]
  }

  /// Offers the means of the backbone's last map, whatever the head makes of it; nobody computes
  /// them who doesn't read them.
  private func offerPooled(_ features: Symbol, in scope: Scope) {
    guard features.shape.rank == 4 else { return }
    scope.offer(scope.builder.apply(GlobalPooling(.average), to: features), as: "pooled")
  }

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
