extension OrientationReader {
  /// Walks the segments of a JPEG up to its first scan.
  static func orientation(jpeg bytes: UnsafeRawBufferPointer) -> Orientation? {
    let exifName = Array("Exif\0\0".utf8)
    let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    var fromXMP: Orientation?
    var position = 2
    while position + 4 <= bytes.count {
      guard bytes[position] == 0xff else { return fromXMP }
      let marker = bytes[position + 1]
      if marker == 0xff {
        position += 1
        continue
      }
      if marker == 0xda || marker == 0xd9 { return fromXMP }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= bytes.count else { return fromXMP }
      if marker == 0xe1 {
        let payload = UnsafeRawBufferPointer(rebasing: bytes[(position + 4)..<end])
        if payload.starts(with: exifName), let found = orientation(exif: payload) { return found }
        if payload.starts(with: xmpName), fromXMP == nil { fromXMP = orientation(xmp: payload) }
      }
      position = end
    }
    return fromXMP
  }

  /// Walks the chunks of a WebP file.
  static func orientation(webP bytes: UnsafeRawBufferPointer) -> Orientation? {
    var fromXMP: Orientation?
    var position = 12
    while position + 8 <= bytes.count {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
      let name = bytes[position..<position + 4]
      let start = position + 8
      guard length <= bytes.count - start else { return fromXMP }
      let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
      if name.elementsEqual("EXIF".utf8), let found = orientation(exif: payload) { return found }
      if name.elementsEqual("XMP ".utf8), fromXMP == nil { fromXMP = orientation(xmp: payload) }
      position = start + length + length % 2
    }
    return fromXMP
  }
}
