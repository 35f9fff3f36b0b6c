import CommandRunner
import Foundation
import Testing

/// What `--pixels`, `--fit`, `--decode`, `--pixel-limit` and `--input-layout` make of photos, against
/// tensors that were prepared by the formulas of the projects.
@Suite("Picture options")
struct PictureOptionTests {
  private static let color: [Float] = [200, 120, 40]

  /// A photo of one colour.
  private static func photo(_ width: Int, _ height: Int) -> Data {
    Data("P6 \(width) \(height) 255\n".utf8)
      + Data((0..<width * height).flatMap { _ in color.map(UInt8.init) })
  }

  /// A safetensors file with the tensor `input`.
  private static func tensor(_ shape: [Int], _ values: [Float]) throws -> Data {
    let entry: [String: Any] = [
      "dtype": "F32", "shape": shape, "data_offsets": [0, values.count * 4],
    ]
    let header = try JSONSerialization.data(withJSONObject: ["input": entry])
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header
      + values.withUnsafeBytes { Data($0) }
  }

  /// What the first layer makes of a photo or a tensor.
  private static func features(
    _ arguments: String, in photos: borrowing Photos
  ) async throws -> SafetensorsText {
    let run = try await CommandRun(
      "features --device cpu --backbone mobilenetv2 --size 32 --layers features.0 "
        + "--output out.safetensors \(arguments)", in: photos)
    try #require(run.status == 0, "\(run.output)")
    return try SafetensorsText(of: photos.folder.appending(path: "out.safetensors"))
  }

  private static func distance(_ a: SafetensorsText, _ b: SafetensorsText) -> Float {
    zip(a.values, b.values).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// As torchvision and keras.applications normalize; the network's own way is the first.
  @Test(arguments: ["model", "torch", "caffe", "tf", "unit"])
  func pixels(choice: String) async throws {
    let photos = try Photos()
    try photos.put(Self.photo(32, 32), as: "plain.ppm")
    let (c, mean, deviation): ([Float], [Float], [Float]) = (
      Self.color, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    )
    let expected: [Float] =
      switch choice {
      case "caffe": [c[2] - 103.939, c[1] - 116.779, c[0] - 123.68]
      case "tf": c.map { $0 / 127.5 - 1 }
      case "unit": c.map { $0 / 255 }
      default: (0..<3).map { (c[$0] / 255 - mean[$0]) / deviation[$0] }
      }
    try photos.put(
      Self.tensor([1, 32, 32, 3], (0..<1024).flatMap { _ in expected }), as: "input.safetensors")
    let found = try await Self.features("plain.ppm --pixels \(choice)", in: photos)
    let wanted = try await Self.features("--input input.safetensors", in: photos)
    #expect(Self.distance(found, wanted) < 1e-4)
    #expect((found.values.map(abs).max() ?? 0) > 1e-2)
  }

  /// A photo twice as wide as high is laid on a white square, or stretched to it.
  @Test func fits() async throws {
    let photos = try Photos()
    try photos.put(Self.photo(32, 16), as: "wide.ppm")
    func rows(_ color: [Float], _ count: Int) -> [Float] {
      let scaled: [Float] = color.map { $0 / 255 }
      return (0..<32 * count).flatMap { _ in scaled }
    }
    let white: [Float] = [255, 255, 255]
    let padded = rows(white, 8) + rows(Self.color, 16) + rows(white, 8)
    try photos.put(Self.tensor([1, 32, 32, 3], padded), as: "pad.safetensors")
    try photos.put(
      Self.tensor([1, 32, 32, 3], rows(Self.color, 32)), as: "stretch.safetensors")
    for name in ["pad", "stretch"] {
      let found = try await Self.features("wide.ppm --pixels unit --fit \(name)", in: photos)
      let wanted = try await Self.features("--input \(name).safetensors", in: photos)
      #expect(Self.distance(found, wanted) < 1e-4, "\(name)")
    }
    // Of a stripe at the left edge a crop of the middle has nothing.
    var striped = [UInt8](Self.photo(64, 32))
    for row in 0..<32 {
      let start = striped.count - 64 * 32 * 3 + row * 64 * 3
      striped.replaceSubrange(start..<start + 12 * 3, with: repeatElement(0, count: 36))
    }
    try photos.put(Data(striped), as: "striped.ppm")
    let plain = try await Self.features("--input stretch.safetensors", in: photos)
    let cropped = try await Self.features("striped.ppm --pixels unit", in: photos)
    let stretched = try await Self.features("striped.ppm --pixels unit --fit stretch", in: photos)
    #expect(Self.distance(cropped, plain) < 1e-4)
    #expect(Self.distance(stretched, plain) > 1e-2)
  }

  @Test func axesOfTensorsAreAsTold() async throws {
    let photos = try Photos()
    let last: [Float] = (0..<2 * 32 * 32 * 3).map { Float($0 % 251) / 251 }
    var first = last
    for position in 0..<2 * 1024 {
      let (image, pixel) = (position / 1024, position % 1024)
      for channel in 0..<3 {
        first[(image * 3 + channel) * 1024 + pixel] = last[position * 3 + channel]
      }
    }
    try photos.put(Self.tensor([2, 32, 32, 3], last), as: "last.safetensors")
    try photos.put(Self.tensor([2, 3, 32, 32], first), as: "first.safetensors")
    let maps = try await Self.features("--input last.safetensors", in: photos)
    let turned = try await Self.features(
      "--input first.safetensors --input-layout nchw", in: photos)
    #expect(maps.shapes == ["features.0": [2, 16, 16, 32]])
    #expect(turned.shapes == ["features.0": [2, 32, 16, 16]])
    for position in stride(from: 0, to: 2 * 256, by: 37) {
      let (image, pixel) = (position / 256, position % 256)
      for channel in 0..<32 {
        let value: Float = maps.values[position * 32 + channel]
        let other: Float = turned.values[(image * 32 + channel) * 256 + pixel]
        #expect(abs(other - value) < 1e-5)
      }
    }
  }

  @Test func answersAndLimitsFollowTheOptions() async throws {
    struct Result: Decodable {
      struct Photo: Decodable {
        struct Answer: Decodable { var probability: Float }
        var classes: [Answer]
      }
      var photos: [Photo]
    }
    let photos = try Photos()
    func classify(_ options: String) async throws -> CommandRun {
      try await CommandRun(
        "classify photos/colourful/0.jpg --device cpu --backbone mobilenetv2 --weights random "
          + "--size 32 --json \(options)", in: photos)
    }
    func probability(_ options: String) async throws -> Float? {
      try await classify(options).json(Result.self).photos.first?.classes.first?.probability
    }
    let plain = try await probability("")
    #expect(plain != nil)
    #expect(try await probability("--pixels model") == plain)
    #expect(try await probability("--pixels caffe") != plain)
    let few = try await classify("--pixel-limit 0.0005")
    #expect(few.status == 65)
    #expect(few.output.contains("skipped photos/colourful/0.jpg"))
    #expect(try await classify("--pixel-limit 2").status == 0)
  }
}
