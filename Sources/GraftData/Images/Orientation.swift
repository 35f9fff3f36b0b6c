/// How a picture must be turned to stand upright, as EXIF counts it.
enum Orientation: Int {
  case upright = 1
  case mirrored
  case halfTurn
  case flipped
  case transposed
  case quarterTurnRight
  case transversed
  case quarterTurnLeft

  /// Whether turning upright swaps width and height.
  var swapsSides: Bool { rawValue >= 5 }

  func apply(to size: ImageSize) -> ImageSize {
    swapsSides ? size.transposed : size
  }
}

/// Finds the orientation in metadata from strangers: every read is checked against the bytes held.
enum OrientationReader {
  /// Reads tag 274 of the first directory of TIFF data, perhaps behind "Exif\0\0".
  static func orientation(exif bytes: UnsafeRawBufferPointer) -> Orientation? {
    let prefix = Array("Exif\0\0".utf8)
    let tiff = bytes.starts(with: prefix) ? UnsafeRawBufferPointer(rebasing: bytes[6...]) : bytes
    let isLittle: Bool
    if tiff.starts(with: Array("II".utf8)) {
      isLittle = true
    } else if tiff.starts(with: Array("MM".utf8)) {
      isLittle = false
    } else {
      return nil
    }
    func integer(at offset: Int, byteCount: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - byteCount else { return nil }
      let digits = tiff[offset..<offset + byteCount]
      let ordered = isLittle ? Array(digits.reversed()) : Array(digits)
      return ordered.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = integer(at: 4, byteCount: 4),
      let count = integer(at: directory, byteCount: 2)
    else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = integer(at: entry, byteCount: 2) else { return nil }
      guard tag == 274 else { continue }
      // Type 3 is a 16-bit and type 4 a 32-bit integer; the value sits in the entry itself.
      let type = integer(at: entry + 2, byteCount: 2)
      return integer(at: entry + 8, byteCount: type == 4 ? 4 : type == 1 ? 1 : 2)
        .flatMap(Orientation.init)
    }
    return nil
  }

  /// Reads EXIF that ImageMagick wrote as hexadecimal text behind a head of three lines.
  static func orientation(exifText text: UnsafeRawBufferPointer) -> Orientation? {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let digits = lines.dropFirst(3).joined().compactMap {
      Character(UnicodeScalar($0)).hexDigitValue
    }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
    return bytes.withUnsafeBytes { orientation(exif: $0) }
  }

  /// Reads `tiff:Orientation` of an XMP packet, written as an attribute or as an element.
  static func orientation(xmp packet: UnsafeRawBufferPointer) -> Orientation? {
    let name = Array("tiff:Orientation".utf8)
    var start = 0
    while start + name.count < packet.count {
      if packet[start] == name[0], packet[start...].starts(with: name) {
        let rest = packet[(start + name.count)...]
        let digit =
          rest.starts(with: Array("=\"".utf8))
          ? rest.dropFirst(2).first : rest.first == UInt8(ascii: ">") ? rest.dropFirst().first : nil
        if let digit, let value = Character(UnicodeScalar(digit)).wholeNumberValue {
          return Orientation(rawValue: value)
        }
      }
      start += 1
    }
    return nil
  }
}
