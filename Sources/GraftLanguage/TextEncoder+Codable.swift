/// What is written down of a network are its sizes; weights have files of their own.
extension TextEncoder: Codable {
  private enum Key: String, CodingKey { case name, configuration, length }

  /// Reads the sizes of a network, whose parameters then have initial values.
  ///
  /// - Throws: `DecodingError`, also for sizes that no network has.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let configuration = try container.decode(Configuration.self, forKey: .configuration)
    let length = try container.decode(Int.self, forKey: .length)
    guard configuration.isPossible, (1...configuration.longestText).contains(length) else {
      throw DecodingError.dataCorruptedError(
        forKey: .configuration, in: container,
        debugDescription: "no text encoder has these sizes for \(length) tokens")
    }
    self.init(configuration, length: length)
    name = try container.decode(String.self, forKey: .name)
  }

  /// Writes the sizes down.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(configuration, forKey: .configuration)
    try container.encode(length, forKey: .length)
  }
}

extension TextEncoder.Configuration {
  /// Whether a network of these sizes could be built at all; larger ones are nobody's.
  fileprivate var isPossible: Bool {
    let extents = [channels, innerChannels, headCount, positionCount]
    return extents.allSatisfy { (1...1 << 16).contains($0) }
      && (1...1 << 22).contains(vocabularyCount)
      && (0...1 << 10).contains(layerCount) && (0...1 << 10).contains(typeCount)
      && channels % headCount == 0
  }
}
