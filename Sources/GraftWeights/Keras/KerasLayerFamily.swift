/// What the names of a network's layers look like in Keras: tells a layer of a user's own, such as a
/// head or what prepares the images, from one of the network or of a relative of it.
///
/// Relatives differ in numbers: ResNet101 has `conv4_block23_3_conv`, which ResNet50 has not.
public struct KerasLayerFamily: Hashable, Sendable {
  private let stems: Set<String>

  /// The family of a network that has these layers.
  public init(layers: some Sequence<String>) {
    stems = Set(layers.lazy.filter { KerasLayerClass($0) == nil }.map(Self.stem))
  }

  /// Whether a tensor that found no use may be one of the network's after all.
  ///
  /// - Parameter name: Ends in `layer/variable`; other names are not Keras's, so that nothing is known
  ///   of them.
  func mayOwn(_ name: String) -> Bool {
    guard let layer = name.split(separator: "/").dropLast().last.map(String.init) else {
      return true
    }
    // Layers that Keras numbered fit in number and shape, or they don't: one more is another's.
    return KerasLayerClass(layer) == nil && stems.contains(Self.stem(layer))
  }

  /// A name without its numbers, and without the letters that count behind a number: `block1a_bn`.
  private static func stem(_ layer: String) -> String {
    layer.replacing(/_?[0-9]+[a-z]?(?=_|$)|_?[0-9]+/, with: "")
  }
}
