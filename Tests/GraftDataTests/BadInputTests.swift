import Foundation
import GraftData
import Testing

@Suite("Bad pictures are errors, never crashes")
struct BadInputTests {
  private static let files = Set(Fixtures.all.decode.map(\.file)).sorted()

  private func data(_ file: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: Fixtures.path(file)))
  }

  private func decode(_ data: Data, pixelLimit: Int = 1 << 20) throws -> RGBImage {
    try data.withUnsafeBytes { try RGBImage(encoded: $0, pixelLimit: pixelLimit) }
  }

  private func reason(_ data: Data, pixelLimit: Int = 1 << 20) -> ImageError.Reason? {
    do {
      _ = try decode(data, pixelLimit: pixelLimit)
      return nil
    } catch {
      return (error as? ImageError)?.reason
    }
  }

  /// Where the last chunk of pixels ends, without its checksums.
  private func endOfPixels(_ png: Data) throws -> Int {
    let start = try #require(png.range(of: Data("IDAT".utf8), options: .backwards)).lowerBound
    let length = png[start - 4..<start].reduce(0) { $0 << 8 | Int($1) }
    return start + 4 + length - 4
  }

  @Test(arguments: files)
  func everyTruncationIsAnError(_ file: String) throws {
    let whole = try data(file)
    // libwebp finds all pixels before trailing metadata, which may then be cut; what follows the pixels
    // of a PNG may be missing, as for Pillow.
    let pixelsEnd = file.hasSuffix(".png") ? try endOfPixels(whole) : whole.count
    let last = file.hasSuffix(".webp") ? whole.count / 2 : pixelsEnd - 1
    for count in Set(stride(from: 0, through: last, by: 7)).union([last]) {
      #expect(reason(whole.prefix(count)) != nil, "\(count) of \(whole.count) bytes")
    }
  }

  @Test func truncationIsCalledByItsName() throws {
    func isTruncated(_ file: String) throws -> Bool {
      let whole = try data(file)
      if case .truncated = reason(whole.prefix(whole.count * 2 / 3)) { return true }
      return false
    }
    for file in ["rgb-420.jpg", "progressive.jpg", "rgb.png", "lossy.webp", "lossless.webp"] {
      #expect(try isTruncated(file), "\(file)")
    }
  }

  @Test func errorsNameFileAndReason() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/half.jpg"
    try folder.write(data("rgb-420.jpg").prefix(1000), to: "half.jpg")
    #expect {
      try RGBImage(contentsOf: path)
    } throws: {
      "\($0)".contains(path) && "\($0)".contains("truncated")
    }
    #expect {
      try RGBImage(contentsOf: folder.path + "/none.jpg")
    } throws: {
      "\($0)".contains("none.jpg") && "\($0)".contains("No such file")
    }
    #expect(throws: ImageError(path: folder.path, reason: .unreadable("not a regular file"))) {
      try RGBImage(contentsOf: folder.path)
    }
  }

  @Test func foreignFormatsAreNamed() {
    #expect(reason(Data()) == .empty)
    #expect(reason(Data("8BPS........".utf8)) == .unknownFormat("PSD"))
    #expect(reason(Data("....jP  ....".utf8)) == .unknownFormat("JPEG 2000"))
    #expect(reason(Data("<!DOCTYPE html>".utf8)) == .unknownFormat("HTML"))
    #expect(reason(Data([1])) == .unknownFormat(nil))
  }

  @Test func moreThanTheLimitIsRefusedUnread() throws {
    #expect(
      reason(try data("rgb.png"), pixelLimit: 356)
        == .tooManyPixels(width: 21, height: 17, limit: 356))
    #expect(reason(try data("rgb.png"), pixelLimit: 357) == nil)
    #expect(reason(try data("rgb-420.jpg"), pixelLimit: 1000) != nil)
    #expect(reason(try data("lossy.webp"), pixelLimit: 1000) != nil)
    // A header that promises 60,000 x 60,000 pixels.
    var bomb = try data("rgb-420.jpg")
    let frame = try #require(bomb.range(of: Data([0xff, 0xc0])))
    bomb.replaceSubrange((frame.upperBound + 3)..<(frame.upperBound + 7), with: [234, 96, 234, 96])
    #expect(
      reason(bomb, pixelLimit: 89_478_485)
        == .tooManyPixels(width: 60_000, height: 60_000, limit: 89_478_485))
  }

  @Test func longPicturesDoNotBecomeHugeSquares() throws {
    let line = RGBImage(
      size: ImageSize(width: 5000, height: 1), pixels: Array(repeating: 9, count: 15_000))
    let preparer = try ImagePreparer(
      .unchanged(size: 8, resizeRule: .padToSquare(color: .white)), pixelLimit: 1 << 20)
    #expect(
      throws: ImageError(
        reason: .tooManyPixels(width: 5000, height: 5000, limit: 1 << 20))
    ) { try preparer.values(of: line) }
    let stretched = try ImagePreparer(.unchanged(size: 8)).values(of: line)
    #expect(stretched.allSatisfy { $0 == 9 })
    let cropped = try ImagePreparer(
      .unchanged(size: 8, resizeRule: .shorterSideThenCentreCrop(resize: 9))
    ).values(of: line)
    #expect(cropped.allSatisfy { $0 == 9 })
  }

  /// Thousands of damaged files: whatever happens to them, decoding returns.
  @Test(arguments: files)
  func damageNeverCrashes(_ file: String) throws {
    let whole = [UInt8](try data(file))
    var random = SeededGenerator(seed: UInt64(whole.count))
    for _ in 0..<150 {
      var bytes = whole
      random.damage(&bytes, atMost: 8)
      if let image = try? decode(Data(bytes)) {
        #expect(image.pixels.count == image.size.width * image.size.height * 3)
      }
    }
  }
}
