extension RandomNumberGenerator {
  /// A whole number from 0 up to, not including, `bound`, each equally likely (Lemire 2019).
  package mutating func number(below bound: Int) -> Int {
    precondition(bound > 0, "the bound is greater than 0")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Puts the elements into random order (Fisher and Yates, from the front).
  ///
  /// The standard library's own algorithms for shuffling and for ranges may change.
  package mutating func permute<Element>(_ elements: inout [Element]) {
    for index in elements.indices.dropLast() {
      elements.swapAt(index, index + number(below: elements.count - index))
    }
  }
}
