/// Tokens and their numbers, found by their scalars: two tokens that differ only in how an accent is
/// written are two.
struct Vocabulary: Sendable {
  /// A place in the tree of all tokens; its root is the empty token.
  private typealias Node = UInt32
  /// Children by node (upper half) and scalar.
  private var children: [UInt64: Node] = [:]
  private var numbers: [Int32?] = [nil]

  /// Numbers tokens in their order; where one comes twice, the last one counts.
  init(_ tokens: [String]) {
    children.reserveCapacity(4 * tokens.count)
    for (number, token) in tokens.enumerated() {
      var node: Node = 0
      for scalar in token.unicodeScalars {
        let key = Self.key(node, scalar)
        if let child = children[key] {
          node = child
        } else {
          node = Node(numbers.count)
          numbers.append(nil)
          children[key] = node
        }
      }
      numbers[Int(node)] = Int32(number)
    }
  }

  private static func key(_ node: Node, _ scalar: Unicode.Scalar) -> UInt64 {
    UInt64(node) << 32 | UInt64(scalar.value)
  }

  /// The number of a token, or `nil` if it isn't one.
  subscript(token: String) -> Int32? {
    var node: Node = 0
    for scalar in token.unicodeScalars {
      guard let child = children[Self.key(node, scalar)] else { return nil }
      node = child
    }
    return numbers[Int(node)]
  }

  /// The longest token that `prefix` and the scalars from `start` on begin with, and how many of these
  /// it takes, at least one.
  func longestToken(
    prefix: String, _ scalars: some RandomAccessCollection<NormalizedText.Element>
  ) -> (number: Int32, count: Int)? {
    var node: Node = 0
    for scalar in prefix.unicodeScalars {
      guard let child = children[Self.key(node, scalar)] else { return nil }
      node = child
    }
    var longest: (number: Int32, count: Int)?
    for (index, element) in scalars.enumerated() {
      guard let child = children[Self.key(node, element.scalar)] else { break }
      node = child
      if let number = numbers[Int(node)] { longest = (number, index + 1) }
    }
    return longest
  }
}
