import Foundation
import GraftData
import Testing

@Suite("Augmentation")
struct AugmentationTests {
  @Test(arguments: Fixtures.all.color)
  func colorsAreTorchvisions(_ expected: Fixtures.Color) throws {
    let change: ColorJitter.Change =
      switch expected.change {
      case "brightness": .brightness(expected.factor)
      case "contrast": .contrast(expected.factor)
      case "saturation": .saturation(expected.factor)
      default: .hue(expected.factor)
      }
    let result = try Fixtures.pattern(23, 19).applying(change)
    let pixels = Fixtures.bytes(
      at: expected.offset, count: expected.width * expected.height * 3)
    #expect(greatestDifference(result.pixels, pixels) == 0)
  }

  @Test(arguments: Fixtures.all.affine)
  func transformsAreKeras(_ expected: Fixtures.Affine) throws {
    let border: RandomAffine.Border =
      switch expected.border {
      case "nearest": .nearest
      case "reflect": .reflect
      default: .constant(color: try #require(Fixtures.colors["olive"]))
      }
    let matrix = AffineMatrix(
      angle: expected.angle * .pi / 180, rowShift: expected.rows, columnShift: expected.columns,
      slant: expected.shear * .pi / 180, rowZoom: expected.zoom[0], columnZoom: expected.zoom[1])
    let source = Fixtures.pattern(22, 18)
    let result = try source.applying(matrix.aroundCentre(of: source.size), border: border)
    let values = Fixtures.floats(at: expected.offset, count: 22 * 18 * 3)
    // Ours are rounded to 8 bits.
    let greatest = zip(result.pixels, values).map { abs(Float($0) - $1) }.max() ?? .infinity
    #expect(greatest <= 0.5001)
  }

  @Test(arguments: Fixtures.all.generator)
  func numbersAreTheSameEverywhere(_ expected: Fixtures.Generator) throws {
    let purpose = try #require(SeededGenerator.Purpose(rawValue: expected.purpose))
    var random = SeededGenerator(
      seed: expected.seed, purpose: purpose, epoch: expected.epoch, index: expected.index)
    let numbers = expected.numbers.map { _ in String(random.next()) }
    #expect(numbers == expected.numbers)
  }

  @Test func drawsAreEven() {
    var random = SeededGenerator(seed: 1)
    var counts = Array(repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.nextInt(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    let mean = (0..<70_000).map { _ in random.nextUnit() }.reduce(0, +) / 70_000
    #expect(abs(mean - 0.5) < 0.01)
  }

  private static let everything = Augmentation(
    randomResizedCrop: RandomResizedCrop(),
    affine: RandomAffine(
      rotation: 20, widthShift: 0.1, heightShift: 0.1, shear: 5, zoom: 0.8...1.2,
      border: .reflect),
    colorJitter: ColorJitter(brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1),
    horizontalFlip: 0.5, verticalFlip: 0.5)

  @Test func theSeedDecidesEverything() throws {
    let preparer = try ImagePreparer(
      .unchanged(size: 16), augmentation: Self.everything)
    func values(_ seed: UInt64, epoch: Int, index: Int) throws -> [Float] {
      preparer.random = SeededGenerator(
        seed: seed, purpose: .augmentation, epoch: epoch, index: index)
      return try preparer.values(of: Fixtures.pattern(40, 30))
    }
    let first = try values(1, epoch: 0, index: 0)
    let others = [
      try values(2, epoch: 0, index: 0), try values(1, epoch: 1, index: 0),
      try values(1, epoch: 0, index: 1),
    ]
    #expect(try values(1, epoch: 0, index: 0) == first)
    #expect(others.allSatisfy { $0 != first })
  }

  @Test func flipsMirror() throws {
    let image = Fixtures.pattern(6, 4)
    func values(_ augmentation: Augmentation?) throws -> [Float] {
      try ImagePreparer(
        Preprocessing(size: image.size, resizeRule: .stretch), augmentation: augmentation
      ).values(of: image)
    }
    let plain = try values(nil)
    func pixel(_ values: [Float], _ x: Int, _ y: Int) -> ArraySlice<Float> {
      values[(3 * (y * 6 + x))..<(3 * (y * 6 + x) + 3)]
    }
    let mirrored = try values(Augmentation(horizontalFlip: 1))
    let flipped = try values(Augmentation(verticalFlip: 1))
    let turned = try values(Augmentation(horizontalFlip: 1, verticalFlip: 1))
    for y in 0..<4 {
      for x in 0..<6 {
        #expect(pixel(mirrored, x, y).elementsEqual(pixel(plain, 5 - x, y)))
        #expect(pixel(flipped, x, y).elementsEqual(pixel(plain, x, 3 - y)))
        #expect(pixel(turned, x, y).elementsEqual(pixel(plain, 5 - x, 3 - y)))
      }
    }
  }

  @Test func valuesThatMakeNoSenseAreErrors() {
    for augmentation in [
      Augmentation(horizontalFlip: 1.5), Augmentation(colorJitter: ColorJitter(hue: 0.6)),
      Augmentation(randomResizedCrop: RandomResizedCrop(scale: 0...1)),
      Augmentation(affine: RandomAffine(rotation: -1)),
    ] {
      #expect(throws: AugmentationError.self) { try augmentation.validate() }
    }
  }

  @Test func codingKeepsEverything() throws {
    let data = try JSONEncoder().encode(Self.everything)
    #expect(try JSONDecoder().decode(Augmentation.self, from: data) == Self.everything)
  }
}
