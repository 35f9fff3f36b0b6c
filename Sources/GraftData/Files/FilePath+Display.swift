@_exported public import struct SystemPackage.FilePath

extension FilePath {
  /// The path as text for people and for JSON, from which ``init(display:)`` makes the same path: bytes
  /// that are no UTF-8 are written `\xE9`, and a backslash before an `x` is written `\x5C`.
  public var display: String {
    withPlatformString { FileName.display(UnsafeRawBufferPointer(start: $0, count: length)) }
  }

  /// The last part of ``display``.
  public var fileName: String {
    lastComponent.map { $0.withPlatformString { FilePath(platformString: $0).display } } ?? ""
  }

  /// The path that ``display`` was made of.
  public init(display text: String) {
    self.init(bytes: FileName.bytes(display: text))
  }

  /// A path of any bytes but NUL, which ends it.
  init(bytes: some Sequence<UInt8>) {
    self.init(platformString: bytes.map { CChar(bitPattern: $0) } + [0])
  }

  /// The bytes of the path.
  package var bytes: [UInt8] {
    withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: length)) }
  }

  /// The path of something below this folder.
  func appending(bytes: [UInt8]) -> FilePath {
    appending(FilePath(bytes: bytes).components)
  }
}

/// The name of a file or folder: any bytes but `/` and NUL.
struct FileName: Hashable, Comparable {
  let bytes: [UInt8]

  /// The name as text that tells it from all others.
  var display: String { bytes.withUnsafeBytes(Self.display) }

  /// Whether a user never put it there: what begins with a dot, and what macOS's archives and Synology's
  /// servers add to folders of pictures.
  var isHidden: Bool {
    bytes.first == UInt8(ascii: ".") || Self.ofSystems.contains { bytes.elementsEqual($0.utf8) }
  }

  private static let ofSystems = ["__MACOSX", "@eaDir"]

  /// What follows the last dot, in lower case; empty where nothing does.
  var ending: String {
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return "" }
    return FileName(bytes: Array(bytes[(dot + 1)...])).display.lowercased()
  }

  /// By bytes, which for UTF-8 is by code point, as Python sorts.
  static func < (left: FileName, right: FileName) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  static func display(_ bytes: UnsafeRawBufferPointer) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(backslash) {
      return text
    }
    var result = ""
    var rest = bytes[...]
    while let first = rest.first {
      let length = sequenceLength(first)
      let isEscape = first == backslash && rest.dropFirst().first == UInt8(ascii: "x")
      if !isEscape, let text = String(validating: rest.prefix(length), as: UTF8.self) {
        result += text
        rest = rest.dropFirst(length)
      } else {
        let digits = String(first, radix: 16, uppercase: true)
        result += "\\x" + (digits.count == 1 ? "0" : "") + digits
        rest = rest.dropFirst()
      }
    }
    return result
  }

  static func bytes(display text: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      let digits = String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self)
      if first == backslash, rest.dropFirst().first == UInt8(ascii: "x"), digits.count == 2,
        let byte = UInt8(digits, radix: 16)
      {
        result.append(byte)
        rest = rest.dropFirst(4)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static let backslash = UInt8(ascii: "\\")

  /// How many bytes a UTF-8 sequence has that begins so.
  private static func sequenceLength(_ first: UInt8) -> Int {
    switch first {
    case ..<0xc0: 1
    case ..<0xe0: 2
    case ..<0xf0: 3
    default: 4
    }
  }
}
