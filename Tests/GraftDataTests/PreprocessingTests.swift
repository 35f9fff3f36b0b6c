import Foundation
import GraftData
import Testing

@Suite("Preprocessing")
struct PreprocessingTests {
  /// One pixel: red 10, green 100, blue 250.
  private let pixel = RGBImage(size: ImageSize(1), pixels: [10, 100, 250])

  private func values(_ preprocessing: Preprocessing) throws -> [Float] {
    try ImagePreparer(preprocessing).values(of: pixel)
  }

  @Test func normalizations() throws {
    func expectEqual(_ a: [Float], _ b: [Double]) {
      #expect(a.count == b.count)
      for (a, b) in zip(a, b) { #expect(abs(Double(a) - b) <= 1e-6 * max(1, abs(b))) }
    }
    expectEqual(try values(.unchanged(size: 1)), [10, 100, 250])
    expectEqual(try values(.unitRange(size: 1)), [10 / 255.0, 100 / 255.0, 250 / 255.0])
    expectEqual(
      try values(.minusOneToOne(size: 1)), [10 / 127.5 - 1, 100 / 127.5 - 1, 250 / 127.5 - 1])
    expectEqual(
      try values(.caffe(size: 1)), [250 - 103.939, 100 - 116.779, 10 - 123.68])
    expectEqual(
      try values(.torchvision(size: 1, resizeRule: .stretch)),
      [
        (10 / 255.0 - 0.485) / 0.229, (100 / 255.0 - 0.456) / 0.224, (250 / 255.0 - 0.406) / 0.225,
      ])
  }

  @Test func grayIsPillowsLuma() throws {
    let preprocessing = Preprocessing(
      size: ImageSize(1), resizeRule: .stretch, channelOrder: .gray)
    // (10 * 19595 + 100 * 38470 + 250 * 7471 + 32768) >> 16
    #expect(try values(preprocessing) == [90])
    #expect(preprocessing.shape == [1, 1, 1])
  }

  @Test func codingKeepsEverything() throws {
    let preprocessing = Preprocessing(
      size: ImageSize(width: 5, height: 7), resizeRule: .padToSquare(color: .middleGray),
      interpolation: .lanczos, channelOrder: .bgr, scale: 0.5, mean: [1, 2, 3],
      standardDeviation: [4, 5, 6], background: .black, jpegDecoding: .shrinkOnLoad)
    let data = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == preprocessing)
  }

  @Test func valuesThatMakeNoSenseAreErrors() {
    func field(_ change: (inout Preprocessing) -> Void) -> String? {
      var preprocessing = Preprocessing.unitRange(size: 8)
      change(&preprocessing)
      do {
        try preprocessing.validate()
        return nil
      } catch {
        return (error as? PreprocessingError)?.field
      }
    }
    #expect(field { _ in } == nil)
    #expect(field { $0.size.width = 0 } == "width")
    #expect(field { $0.size.height = 1 << 40 } == "height")
    #expect(field { $0.resizeRule = .shorterSideThenCentreCrop(resize: -1) } == "resize")
    #expect(field { $0.scale = .nan } == "scale")
    #expect(field { $0.mean = [1] } == "mean")
    #expect(field { $0.standardDeviation = [1, 0, 1] } == "standardDeviation")
  }
}
