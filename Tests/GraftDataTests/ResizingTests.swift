import Foundation
import GraftData
import Testing

@Suite("Resizing gives Pillow's bytes")
struct ResizingTests {
  @Test(arguments: Fixtures.all.resize)
  func resizes(_ expected: Fixtures.Resize) throws {
    let source = Fixtures.pattern(expected.source[0], expected.source[1])
    let target = ImageSize(width: expected.width, height: expected.height)
    let result = try source.resized(to: target, by: expected.by)
    let pixels = Fixtures.bytes(at: expected.offset, count: target.width * target.height * 3)
    #expect(greatestDifference(result.pixels, pixels) == 0)
  }

  @Test(arguments: Fixtures.all.fit)
  func fits(_ expected: Fixtures.Fit) throws {
    let rule: ResizeRule =
      switch expected.rule {
      case "crop": .shorterSideThenCentreCrop(resize: try #require(expected.resize))
      case "pad": .padToSquare(color: try #require(Fixtures.colors["olive"]))
      default: .stretch
      }
    let crop = RandomResizedCrop(scale: 0.9...1)
    let preparer = try ImagePreparer(
      .unchanged(size: 20, resizeRule: rule),
      augmentation: expected.rule == "fallback" ? Augmentation(randomResizedCrop: crop) : nil)
    let values = try preparer.values(of: Fixtures.pattern(expected.source[0], expected.source[1]))
    let pixels = Fixtures.bytes(at: expected.offset, count: 20 * 20 * 3)
    #expect(greatestDifference(values.map { UInt8($0) }, pixels) == 0)
  }

  /// Its square of 160 GB is never made.
  @Test func aLongStripIsPaddedWithoutItsSquare() throws {
    var padded = Preprocessing.unchanged(size: 8, resizeRule: .padToSquare(color: .white))
    padded.pixelLimit = .max
    let strip = RGBImage(
      size: ImageSize(width: 200_000, height: 1), pixels: Array(repeating: 0, count: 600_000))
    let values = try ImagePreparer(padded).values(of: strip)
    #expect(values.allSatisfy { $0 == 255 })
  }

  @Test func cropPercentIsTimms() {
    #expect(
      ResizeRule.centreCrop(of: 224, percent: 0.875) == .shorterSideThenCentreCrop(resize: 256))
    #expect(
      ResizeRule.centreCrop(of: 240, percent: 0.882) == .shorterSideThenCentreCrop(resize: 272))
  }

  @Test func shrinkOnLoadStaysClose() throws {
    let coarse = Fixtures.pattern(12, 9)
    let source = try coarse.resized(to: ImageSize(width: 640, height: 480), by: .bicubic)
    let data = try source.jpegData(quality: 95)
    func values(_ decoding: Preprocessing.JPEGDecoding, _ rule: ResizeRule) throws -> [Float] {
      var preprocessing = Preprocessing.unchanged(size: 60, resizeRule: rule)
      preprocessing.jpegDecoding = decoding
      return try ImagePreparer(preprocessing).values(ofEncoded: data)
    }
    for rule in [
      ResizeRule.stretch, .padToSquare(color: .white), .shorterSideThenCentreCrop(resize: 70),
    ] {
      let exact = try values(.exact, rule)
      let shrunk = try values(.shrinkOnLoad, rule)
      let difference = zip(exact, shrunk).map { abs($0 - $1) }.reduce(0, +) / Float(exact.count)
      #expect(difference > 0, "a smaller picture was decoded")
      #expect(difference < 4)
    }
  }
}
