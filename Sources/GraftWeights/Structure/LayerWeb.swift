/// The layers with a kernel or statistics of a network, and which of them each one reads: what is left
/// of a network where activations, poolings, sums and reshapes are taken for wires.
///
/// Exporters write those in many ways, layers with weights in one. So the webs of a network and of a
/// file made from it are equal, whatever the file's tensors are called.
struct LayerWeb {
  /// A layer as both sides know it.
  struct Layer {
    /// Outputs, inputs of one group, height, width; outputs alone for a normalization.
    var shape: [Int]
    /// Strides, dilations and groups.
    var steps: [Int] = []
    /// The rows and columns added at top, left, bottom and right; nil where other layers add some.
    var padding: [Int]?
    /// The name of the kernel, where both sides have one of the name.
    var hint = ""
    /// What each part of the input comes from, by position of the layer; -1 is the network's input.
    var sources: [[Int]] = []

    /// Steps of layers that are told apart by what they are rather than how they walk.
    static let normalizationOfRows = [-1]
    /// Of what no network of Graft's has.
    static let unknown = [-2]
  }

  /// Layers in an order in which each reads earlier ones only.
  private(set) var layers: [Layer] = []
  /// For each value, what each of its parts comes from. Parts are what was concatenated.
  private var parts: [String: [[Int]]] = [:]
  /// The layer that a value is the result of, with nothing between.
  private var producers: [String: Int] = [:]
  private var wireCount = 0

  /// More than any network; what reads a file stays bounded by it.
  static let greatestLayerCount = 1 << 13
  private static let greatestWireCount = 1 << 20

  /// Whether the network is larger than any that is matched.
  var isTooLarge: Bool {
    layers.count > Self.greatestLayerCount || wireCount > Self.greatestWireCount
  }

  mutating func addInput(_ value: String) { parts[value] = [[-1]] }

  /// Adds a layer that reads one value; its position.
  mutating func add(_ layer: Layer, reading input: String, giving output: String) -> Int {
    var layer = layer
    layer.sources = parts[input] ?? []
    layers.append(layer)
    wireCount += layer.sources.reduce(1) { $0 + $1.count }
    parts[output] = [[layers.count - 1]]
    producers[output] = layers.count - 1
    return layers.count - 1
  }

  /// Whether a layer of the web stands before the value.
  func isComputed(_ value: String) -> Bool {
    parts[value]?.contains { $0.contains { $0 >= 0 } } ?? false
  }

  /// The layer whose result the value is.
  func producer(of value: String) -> Int? { producers[value] }

  /// Lets another value stand for a layer's result, as of the bias added to it.
  mutating func extend(_ layer: Int, to output: String) {
    parts[output] = [[layer]]
    producers[output] = layer
  }

  /// A value computed without weights from others; constants count for nothing.
  mutating func connect(_ inputs: [String], to output: String) {
    guard allows(inputs) else { return }
    let read = inputs.compactMap { parts[$0] }
    guard let first = read.first else { return }
    if read.allSatisfy({ $0 == first }) {
      parts[output] = first
    } else if read.allSatisfy({ $0.count == first.count }) {
      parts[output] = first.indices.map { part in union(read.map { $0[part] }) }
    } else {
      parts[output] = [union(read.flatMap { $0 })]
    }
  }

  /// A value whose parts are those of others, one after the other.
  mutating func concatenate(_ inputs: [String], to output: String) {
    guard allows(inputs) else { return }
    let read = inputs.flatMap { parts[$0] ?? [] }
    parts[output] = read
  }

  /// Counts what reading values takes, before it takes it.
  private mutating func allows(_ inputs: [String]) -> Bool {
    for input in inputs { wireCount += parts[input]?.reduce(1) { $0 + $1.count + 1 } ?? 1 }
    return !isTooLarge
  }

  mutating func hint(_ layer: Int, _ name: String) { layers[layer].hint = name }

  private func union(_ sources: [[Int]]) -> [Int] { Set(sources.joined()).sorted() }
}
