/// A named value of a model: the result of a layer, under its path or an alias.
public struct Endpoint: Hashable, Sendable {
  /// The path of a layer (`layer1.0.conv1`) or an alias (`conv2_block1_1_conv`).
  public let name: String
  /// The path of the layer whose parameters ``parameters`` counts; `nil` for a value in between.
  public let layer: String?
  /// The kind of that layer; empty for an alias.
  public let kind: String
  /// Whether no further layers are inside.
  public let isLeaf: Bool
  public let value: Value
  public let type: TensorType
  /// The positions of the layer's own parameters among all of the model.
  ///
  /// Empty for a layer that has none; its start then is where the parameters of the layers that
  /// follow begin.
  public let parameters: Range<Int>
}
