import CommandRunner
import Foundation
import Testing

/// What `graft predict`, `classify` and `features` do with many pictures, some of which can't be read.
@Suite("Answering")
struct AnsweringTests {
  /// Two folders of pictures, a damaged and a missing one.
  private static func makePhotos() async throws -> Photos {
    let photos = try Photos()
    try photos.put(Photos.picture("rgb.png"), as: "more/b.png")
    try photos.put(Photos.picture("gray.png"), as: "more/deep/er/a.png")
    try photos.put(Data(Photos.picture("gray.jpg").prefix(300)), as: "more/damaged.jpg")
    try photos.put(Data("no picture".utf8), as: "more/notes.txt")
    return photos
  }

  private static func train(in photos: borrowing Photos, _ options: String = "") async throws {
    let run = try await CommandRun(
      "train photos --device cpu --backbone mobilenetv2 --size 32 --epochs 1 --output new.graft "
        + options, in: photos)
    try #require(run.status == 0, "\(run.output)")
  }

  @Test func namesInLatin1AreArgumentsToo() async throws {
    let photos = try Photos()
    try await Self.train(in: photos)
    let run = try await CommandRun(
      ["new.graft"], in: photos.folder,
      through:
        #"f=$(printf 'caf\351.jpg') && cp photos/grey/0.jpg "$f" && "$0" predict "$1" "$f" --json"#)
    #expect(run.status == 0, "\(run.output)")
    #expect(try run.json(Predictions.self).predictions.map(\.path) == [#"caf\xE9.jpg"#])
  }

  #if os(Linux)
    @Test func whatAFullDiskTakesOfTheAnswersIsAnError() async throws {
      let photos = try Photos()
      try await Self.train(in: photos)
      for output in ["photos", "photos --json", "photos none.jpg"] {
        let run = try await CommandRun(
          ["predict", "new.graft"] + output.split(separator: " ").map(String.init),
          in: photos.folder, through: #""$0" "$@" > /dev/full"#)
        #expect(run.status == 1)
        #expect(run.output.contains("standard output (No space left on device)"), "\(run.output)")
      }
    }
  #endif

  @Test func theLimitOfPixelsIsAnOptionOfAllWhoRead() async throws {
    let photos = try Photos()
    try await Self.train(in: photos)
    let evaluation = try await CommandRun(
      "evaluate new.graft photos --pixel-limit 0.0001", in: photos)
    #expect(evaluation.status == 1)
    #expect(evaluation.output.contains("--pixel-limit"))
    let prediction = try await CommandRun(
      "predict new.graft photos --pixel-limit 0.0001", in: photos)
    #expect(prediction.status == 65)
    #expect(prediction.output.contains("--pixel-limit"))
    let all = try await CommandRun("predict new.graft photos --pixel-limit 1", in: photos)
    #expect(all.status == 0)
  }

  @Test func trainingLeavesAnUnlabelledTestAlone() async throws {
    let photos = try Photos()
    for (name, picture) in [("a", "gray.jpg"), ("b", "cmyk.jpg")] {
      for index in 0..<4 {
        try photos.put(Photos.picture(picture), as: "kaggle/train/\(name)/\(index).jpg")
      }
    }
    try photos.put(Photos.picture("gray.jpg"), as: "kaggle/test/0.jpg")
    let run = try await CommandRun(
      "train kaggle --device cpu --backbone mobilenetv2 --size 32 --epochs 1 --output new.graft",
      in: photos)
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.contains("6 photos to train on, 2 to validate, 2 classes: a, b"))
    #expect(run.output.contains("kaggle/test: left alone"))
  }

  @Test func predictAnswersForWhatCanBeRead() async throws {
    let photos = try await Self.makePhotos()
    try await Self.train(in: photos)
    let run = try await CommandRun(
      "predict new.graft none.jpg more photos/grey/0.jpg --top 2 --json --device cpu", in: photos)
    #expect(run.status == 65)
    let result = try run.json(Predictions.self)
    #expect(
      result.predictions.map(\.path) == ["more/b.png", "more/deep/er/a.png", "photos/grey/0.jpg"])
    for prediction in result.predictions {
      #expect(Set(prediction.classes.map(\.class)) == ["colourful", "grey"])
      #expect(prediction.classes[0].class == prediction.class)
      #expect(prediction.classes[0].probability == prediction.probability)
      let sum: Float = prediction.classes.map(\.probability).reduce(0, +)
      #expect(abs(sum - 1) < 1e-5)
      #expect(prediction.classes[0].probability >= prediction.classes[1].probability)
      #expect(run.output.contains("\(prediction.path): \(prediction.class) "))
    }
    #expect(result.errors.map(\.path) == ["none.jpg", "more/damaged.jpg"])
    #expect(result.errors[1].error.contains("more/damaged.jpg: the JPEG data is"))
    for failure in result.errors { #expect(run.output.contains("skipped \(failure.error)")) }
    #expect(run.output.contains("more: 1 file left out: .txt 1"))
    // What is answered doesn't depend on what stands beside it.
    let alone = try await CommandRun(
      "predict new.graft more/deep/er/a.png --top 2 --json --device cpu", in: photos)
    #expect(alone.status == 0)
    let answer = try alone.json(Predictions.self)
    #expect(answer.errors.isEmpty)
    #expect(abs(answer.predictions[0].probability - result.predictions[1].probability) < 1e-5)
  }

  @Test func aBadPictureMayFailAll() async throws {
    let photos = try await Self.makePhotos()
    try await Self.train(in: photos)
    let run = try await CommandRun(
      "predict new.graft none.jpg more --on-bad-image fail --json --device cpu", in: photos)
    #expect(run.status == 1)
    #expect(run.output.contains("2 of the photos can't be read"))
    for name in ["'none.jpg'", "more/damaged.jpg"] { #expect(run.output.contains(name)) }
    #expect(!run.output.contains("predictions"))
  }

  @Test func classifyAnswersForWhatCanBeRead() async throws {
    struct Result: Decodable {
      struct Photo: Decodable {
        struct Answer: Decodable { var `class`: String }
        var path: String
        var classes: [Answer]
      }
      var photos: [Photo]
      var errors: [Predictions.Failure]
    }
    let photos = try await Self.makePhotos()
    let run = try await CommandRun(
      "classify more --backbone mobilenetv2 --weights random --size 32 --top 3 --json --device cpu",
      in: photos)
    #expect(run.status == 65)
    let result = try run.json(Result.self)
    #expect(result.photos.map(\.path) == ["more/b.png", "more/deep/er/a.png"])
    #expect(result.photos.map(\.classes.count) == [3, 3])
    #expect(result.errors.map(\.path) == ["more/damaged.jpg"])
  }

  @Test func featuresHaveARowForWhatCanBeRead() async throws {
    struct List: Decodable { var photos: [String] }
    let photos = try await Self.makePhotos()
    let features =
      "features --backbone mobilenetv2 --size 32 --layers pooled,features.1 --json --device cpu "
    // The damaged picture is the second of four, in a batch of two.
    let run = try await CommandRun(
      features + "--batch-size 2 --output some.safetensors more photos/grey/0.jpg", in: photos)
    #expect(run.status == 65)
    #expect(run.output.contains("pooled: 3×1280"))
    #expect(run.output.contains("skipped more/damaged.jpg: "))
    let whole = try await CommandRun(
      features + "--output whole.safetensors more/b.png more/deep/er/a.png photos/grey/0.jpg",
      in: photos)
    #expect(whole.status == 0)
    let names = ["some", "whole"].map { photos.folder.appending(path: $0) }
    let lists = try names.map {
      try JSONDecoder().decode(
        List.self, from: Data(contentsOf: $0.appendingPathExtension("json"))
      ).photos
    }
    #expect(lists[0] == ["more/b.png", "more/deep/er/a.png", "photos/grey/0.jpg"])
    #expect(lists[1] == lists[0])
    let files = try names.map { try SafetensorsText(of: $0.appendingPathExtension("safetensors")) }
    #expect(files[0].shapes == ["pooled": [3, 1280], "features.1": [3, 16, 16, 16]])
    #expect(files[1].shapes == files[0].shapes)
    #expect(files[0].values.count == 16_128)
    for (a, b) in zip(files[0].values, files[1].values) { #expect(abs(a - b) < 1e-4) }
    #expect(try photos.names.allSatisfy { !$0.contains("tmp") })
  }

  @Test func nothingIsWrittenWhereNothingCanBeRead() async throws {
    let photos = try await Self.makePhotos()
    let before = try photos.names
    for policy in ["skip", "fail"] {
      let run = try await CommandRun(
        "features --backbone mobilenetv2 --size 32 --layers pooled --device cpu "
          + "--output new.safetensors more/damaged.jpg --on-bad-image \(policy)", in: photos)
      #expect(run.status == 1)
      #expect(run.output.contains("more/damaged.jpg"))
      #expect(try photos.names == before)
    }
  }

  /// Whatever its head makes of the last map.
  @Test(arguments: ["average", "maximum", "flatten"])
  func featuresOfABundle(pooling: String) async throws {
    let photos = try Photos()
    try await Self.train(in: photos, "--head-pooling \(pooling)")
    let run = try await CommandRun(
      "features --bundle new.graft --layers pooled,features.18,logits --device cpu "
        + "--output new.safetensors photos/grey/0.jpg", in: photos)
    try #require(run.status == 0, "\(run.output)")
    let file = try SafetensorsText(of: photos.folder.appending(path: "new.safetensors"))
    #expect(
      file.shapes == ["features.18": [1, 1, 1, 1280], "logits": [1, 2], "pooled": [1, 1280]])
    // Of a map of one pixel the means are the map.
    #expect(file.values.prefix(1280).elementsEqual(file.values.suffix(1280)))
  }

  /// Swift's argument parser alone takes a minute of processor time for them.
  @Test func manyPathsAreParsedInLinearTime() async throws {
    let photos = try Photos()
    let paths = (0..<40_000).map { "none/\($0).jpg" }
    let run = try await CommandRun(
      ["classify", "--top=2", "photos/grey/0.jpg"] + paths + [
        "--backbone", "mobilenetv2", "--weights", "random", "--size", "32", "--device", "cpu",
        "photos/grey/1.jpg", "--", "--top",
      ], in: photos.folder, through: #"ulimit -t 20; exec "$0" "$@""#)
    #expect(run.status == 65)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("skipped there is no file or folder 'none/") } == 40_000)
    #expect(run.output.contains("skipped there is no file or folder '--top'"))
    #expect(lines.contains("photos/grey/0.jpg") && lines.contains("photos/grey/1.jpg"))
  }

  /// Compressed text of a PNG expands a thousandfold, here to 1.8 GB: only some of it may be kept.
  @Test func textOfAPNGIsBounded() async throws {
    let photos = try Photos()
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/pictures/text-bomb.png")
    let whole = try Data(contentsOf: url)
    let start = try #require(whole.range(of: Data("zTXt".utf8))).lowerBound - 4
    let length = whole[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } + 12
    let chunk = whole[start..<start + length]
    let bomb = whole[..<start] + (0..<2000).map { _ in chunk }.joined() + whole[start...]
    try photos.put(bomb, as: "bomb.png")
    let run = try await CommandRun(
      [
        "features", "bomb.png", "--backbone", "mobilenetv2", "--weights", "random", "--size", "32",
        "--layers", "pooled", "--device", "cpu", "--output", "bomb.safetensors",
      ], in: photos.folder, through: #"ulimit -v 1500000; exec "$0" "$@""#)
    #expect(run.status == 0, "\(run.output)")
  }
}

/// A safetensors file of Float32 tensors.
struct SafetensorsText {
  /// A tensor; what is beside the tensors has no shape.
  private struct Entry: Decodable { var shape: [Int]? }
  var shapes: [String: [Int]]
  /// All tensors, one after the other, by name.
  var values: [Float]

  init(of url: URL) throws {
    let data = try Data(contentsOf: url)
    let count = data.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
    shapes = try JSONDecoder().decode([String: Entry].self, from: data[8..<8 + count])
      .compactMapValues(\.shape)
    values = data[(8 + count)...].withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map {
        bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)
      }
    }
  }
}
