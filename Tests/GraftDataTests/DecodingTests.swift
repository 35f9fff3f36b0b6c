import Foundation
import GraftData
import Testing

@Suite("Decoding gives Pillow's pixels")
struct DecodingTests {
  @Test(arguments: Fixtures.all.decode)
  func decodes(_ expected: Fixtures.Decode) throws {
    let background = try #require(Fixtures.colors[expected.background])
    let image = try RGBImage(
      contentsOf: Fixtures.path(expected.file), background: background)
    #expect(image.size == ImageSize(width: expected.width, height: expected.height))
    let pixels = Fixtures.bytes(
      at: expected.offset, count: expected.width * expected.height * 3)
    #expect(greatestDifference(image.pixels, pixels) == 0)
  }

  @Test func contentDecidesNotTheName() throws {
    let folder = try TemporaryFolder()
    try folder.copy("rgb.png", to: "picture.jpg")
    let image = try RGBImage(contentsOf: folder.path + "/picture.jpg")
    #expect(image == (try RGBImage(contentsOf: Fixtures.path("rgb.png"))))
  }

  @Test func thumbnailsAreReadableJPEGs() throws {
    let image = Fixtures.pattern(10, 7)
    let smooth = try image.resized(to: ImageSize(width: 300, height: 210), by: .bicubic)
    let thumbnail = try smooth.thumbnail(side: 96)
    #expect(thumbnail.size == ImageSize(width: 96, height: 67))
    let data = try thumbnail.jpegData(quality: 95)
    let again = try data.withUnsafeBytes { try RGBImage(encoded: $0) }
    #expect(again.size == thumbnail.size)
    let differences = zip(again.pixels, thumbnail.pixels).map { abs(Double($0) - Double($1)) }
    #expect(differences.reduce(0, +) / Double(differences.count) < 8)
    #expect(try image.thumbnail(side: 96) == image)
  }
}
