import Foundation

/// The members of a JSON object in their order, with keys as they are written.
///
/// A decoder gives a dictionary, in which keys that differ only in how an accent is written are one.
struct JSONMembers {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  /// Reads the object that `bytes` begin with, after white space.
  init(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
    (self.bytes, place) = (bytes, bytes.startIndex)
    try expect(UInt8(ascii: "{"))
  }

  /// The value of the first member called `key`, or `nil` if there is none.
  static func value(of key: String, in bytes: ArraySlice<UInt8>) throws(TokenizerError)
    -> ArraySlice<UInt8>?
  {
    var members = try JSONMembers(bytes)
    while let member = try members.next() {
      if member.key.utf8.elementsEqual(key.utf8) { return member.value }
    }
    return nil
  }

  /// The next key and the bytes of its value.
  mutating func next() throws(TokenizerError) -> (key: String, value: ArraySlice<UInt8>)? {
    skipSpace()
    if current == UInt8(ascii: ",") { place += 1 }
    skipSpace()
    if current == UInt8(ascii: "}") { return nil }
    let literal = try string()
    try expect(UInt8(ascii: ":"))
    skipSpace()
    let start = place
    try skipValue()
    return (try Self.text(literal), bytes[start..<place])
  }

  private var current: UInt8? { bytes.indices.contains(place) ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || 0x09...0x0D ~= byte { place += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(TokenizerError) {
    skipSpace()
    guard current == byte else { throw Self.damage(at: place) }
    place += 1
  }

  /// The bytes of a string, its quotes included.
  private mutating func string() throws(TokenizerError) -> ArraySlice<UInt8> {
    let start = place
    try expect(UInt8(ascii: "\""))
    while let byte = current {
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return bytes[start..<place] }
    }
    throw Self.damage(at: start)
  }

  /// Walks to the end of a value: to the next comma or bracket that is not inside it.
  private mutating func skipValue() throws(TokenizerError) {
    var depth = 0
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        _ = try string()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
      case UInt8(ascii: ",") where depth == 0: return
      default: break
      }
      place += 1
    }
    throw Self.damage(at: place)
  }

  private static func text(_ literal: ArraySlice<UInt8>) throws(TokenizerError) -> String {
    let inner = literal.dropFirst().dropLast()
    guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
    guard let text = try? JSONDecoder().decode(String.self, from: Data(literal)) else {
      throw damage(at: literal.startIndex)
    }
    return text
  }

  private static func damage(at place: Int) -> TokenizerError {
    TokenizerError("this is no JSON, or it ends too early, at byte \(place)")
  }
}
