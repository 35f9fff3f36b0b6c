import Foundation
import GraftData
import Testing

@Suite("Pictures of odd kinds have Pillow's pixels")
struct OddPictureTests {
  private static let plain = PictureFixture.all.filter { !$0.isHEIF }

  @Test(arguments: plain)
  func decodes(_ picture: PictureFixture) throws {
    let image = try RGBImage(contentsOf: picture.path)
    #expect(image.size == ImageSize(width: picture.width, height: picture.height))
    #expect(greatestDifference(image.pixels, picture.pixels) == 0)
  }

  /// Without libheif, or its decoder of this kind, the error says what to install.
  @Test(arguments: PictureFixture.all.filter(\.isHEIF))
  func decodesWhereLibheifIs(_ picture: PictureFixture) throws {
    do {
      let image = try RGBImage(contentsOf: picture.path)
      #expect(image.size == ImageSize(width: picture.width, height: picture.height))
      #expect(greatestDifference(image.pixels, picture.pixels) <= picture.tolerance ?? 0)
    } catch let error as ImageError {
      #expect("\(error)".contains("install libheif"))
    }
  }

  @Test func everyFormatIsAmongThem() throws {
    let formats = try PictureFixture.all.map { picture in
      try picture.data().withUnsafeBytes { ImageFormat(sniffing: $0) }
    }
    #expect(Set(formats) == Set(ImageFormat.allCases))
  }

  /// A PNG may lack what follows its pixels; one pixel less is an error.
  @Test func aMissingEndIsNoLoss() throws {
    let picture = try #require(PictureFixture.all.first { $0.file == "without-end.png" })
    let whole = try picture.data()
    let cut = try whole.withUnsafeBytes { try RGBImage(encoded: $0) }
    #expect(cut.pixels == picture.pixels)
    #expect(throws: ImageError.self) {
      try whole.dropLast(60).withUnsafeBytes { try RGBImage(encoded: $0) }
    }
  }

  /// Over white in the whole preparation, transparent parts being as white as the paper.
  @Test func transparentPartsAreWhitePreparedToo() throws {
    let picture = try #require(PictureFixture.all.first { $0.file == "rgba.tif" })
    let size = ImageSize(width: picture.width, height: picture.height)
    let preparer = try ImagePreparer(
      Preprocessing(size: size, resizeRule: .stretch))
    let values = try preparer.values(ofFileAt: picture.path)
    #expect(values == picture.pixels.map(Float.init))
  }
}

@Suite("Hostile pictures")
struct HostilePictureTests {
  private func decode(_ data: Data, pixelLimit: Int = 1 << 20) throws -> RGBImage {
    try data.withUnsafeBytes { try RGBImage(encoded: $0, pixelLimit: pixelLimit) }
  }

  /// Half of a file is never a whole picture, unless there are several in it.
  @Test(
    arguments: PictureFixture.all.filter {
      !$0.file.hasPrefix("animated") && !$0.file.hasPrefix("pages") && !$0.file.hasPrefix("text")
    })
  func halvesAreErrors(_ picture: PictureFixture) throws {
    let whole = try picture.data()
    #expect(throws: ImageError.self) { try decode(whole.prefix(whole.count / 2)) }
  }

  /// Thousands of damaged files: whatever happens to them, decoding returns.
  @Test(arguments: PictureFixture.all)
  func damageNeverCrashes(_ picture: PictureFixture) throws {
    let whole = [UInt8](try picture.data())
    var random = SeededGenerator(seed: UInt64(whole.count))
    for _ in 0..<60 {
      var bytes = whole
      random.damage(&bytes, atMost: 6, headerByteCount: 160)
      if let image = try? decode(Data(bytes)) {
        #expect(image.pixels.count == image.size.width * image.size.height * 3)
      }
    }
  }

  /// What a header promises is compared with what the file can hold before memory is taken.
  @Test func impossibleSizesAreTruncations() throws {
    func reason(_ data: Data) -> ImageError.Reason? {
      do {
        _ = try decode(data, pixelLimit: .max)
        return nil
      } catch {
        return (error as? ImageError)?.reason
      }
    }
    func isTruncation(_ file: String, _ change: (inout Data) throws -> Void) throws -> Bool {
      let picture = try #require(PictureFixture.all.first { $0.file == file })
      var data = try picture.data()
      try change(&data)
      if case .truncated = reason(data) { return true }
      return false
    }
    func put(_ bytes: [UInt8], at offset: Int) -> (inout Data) throws -> Void {
      { $0.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
    }
    #expect(try isTruncation("24.bmp", put([0, 0xff, 0xff, 0x0f, 0, 0xff, 0xff, 0x0f], at: 18)))
    #expect(
      try isTruncation("plain.gif") { data in
        let frame = try #require(data.firstIndex(of: UInt8(ascii: ",")))
        data.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xff, 0xff, 0xff])
      })
    #expect(
      try isTruncation("440.jpg") { data in
        let frame = try #require(data.range(of: Data([0xff, 0xc0])))
        data.replaceSubrange(
          frame.upperBound + 3..<frame.upperBound + 7, with: [0xff, 0xdc, 0xff, 0xdc])
      })
    // A PNG of 10,000 x 10,000 pixels and 100 bytes of them.
    let claim = """
      iVBORw0KGgoAAAANSUhEUgAAJxAAACcQCAIAAAA1LPVwAAAADElEQVR4nGNgoD0AAABkAAGGZDw1AAAAAElFTkSuQmCC
      """
    let text = reason(try #require(Data(base64Encoded: claim))).map { "\($0)" }
    #expect(text?.contains("too short for so many pixels") == true)
    let map = Data("P6\n2000000000 2000000000\n255\nabc".utf8)
    guard case .truncated = reason(map) else {
      Issue.record("\(String(describing: reason(map)))")
      return
    }
  }
}
