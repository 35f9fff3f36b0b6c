import Foundation
import GraftData
import Testing

/// Files are written here as their formats are described: CIFAR's on its page, IDX on MNIST's.
@Suite("Pixels as data")
struct PixelDatasetTests {
  private func folder(_ files: [String: Data]) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "pixels-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, bytes) in files { try bytes.write(to: url.appending(path: name)) }
    return url.path
  }

  /// Red, green and blue are three planes of 1,024 bytes.
  private func record(_ labels: [UInt8], _ pixel: (_ channel: Int, _ place: Int) -> Int) -> Data {
    Data(labels + (0..<3072).map { UInt8(truncatingIfNeeded: pixel($0 / 1024, $0 % 1024)) })
  }

  private func values(
    _ dataset: PixelDataset, at index: Int, size: ImageSize
  ) throws -> [Float] {
    let loader = try BatchLoader(
      UnlabeledDataset(dataset),
      ImagePreprocessor(Preprocessing(size: size, resizeRule: .stretch)))
    let batch = try loader.batches([PlannedBatch([index])], epoch: 0).next()
    return try #require(batch).floats("input")
  }

  @Test func readsCIFAR10() throws {
    var files = ["batches.meta.txt": Data("airplane\nautomobile\nbird\n\n".utf8)]
    for batch in 1...5 {
      files["data_batch_\(batch).bin"] =
        record([UInt8(batch % 3)]) { channel, place in batch + 80 * channel + place }
        + record([0]) { _, _ in 255 }
    }
    files["test_batch.bin"] = record([2]) { channel, _ in channel }
    let path = try folder(files)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let data = try PixelDataset.cifar10(path)
    #expect(data.training.classes == ["airplane", "automobile", "bird"])
    #expect(data.training.labels == [1, 0, 2, 0, 0, 0, 1, 0, 2, 0])
    #expect(data.validation.labels == [2])
    let picture = try values(data.training, at: 4, size: ImageSize(width: 32, height: 32))
    for place in [0, 1, 31, 32, 1023] {
      for channel in 0..<3 {
        #expect(picture[3 * place + channel] == Float((3 + 80 * channel + place) % 256))
      }
    }
    #expect(
      try values(data.training, at: 5, size: ImageSize(width: 2, height: 2)).allSatisfy {
        $0 == 255
      })
  }

  @Test func readsBothLabelsOfCIFAR100() throws {
    let path = try folder([
      "fine_label_names.txt": Data("apple\nbee\nclock\n".utf8),
      "coarse_label_names.txt": Data("fruit\ninsects\n".utf8),
      "train.bin": record([1, 2]) { _, _ in 0 } + record([0, 1]) { _, _ in 0 },
      "test.bin": record([1, 0]) { _, _ in 0 },
    ])
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try PixelDataset.cifar100(path).training.labels == [2, 1])
    #expect(try PixelDataset.cifar100(path, labels: .coarse).training.labels == [1, 0])
    #expect(
      try PixelDataset.cifar100(path, labels: .coarse).validation.classes == ["fruit", "insects"])
  }

  @Test func readsMNIST() throws {
    let images = Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (1...12).map { 10 * $0 })
    let labels = Data([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])
    let path = try folder([
      "train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels,
      "t10k-images-idx3-ubyte": images, "t10k-labels-idx1-ubyte": labels,
    ])
    defer { try? FileManager.default.removeItem(atPath: path) }
    let digits = try PixelDataset.mnist(path).training
    #expect(digits.labels == [7, 9])
    #expect(digits.classes.count == 10)
    #expect(digits.size == ImageSize(width: 3, height: 2))
    let second = try values(digits, at: 1, size: digits.size)
    #expect(second == (7...12).flatMap { Array(repeating: Float(10 * $0), count: 3) })
  }

  @Test func damagedFilesAreNamed() throws {
    let images = Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (1...12).map { 10 * $0 })
    let huge = Data([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12))
    let path = try folder([
      "images": images, "short": images.dropLast(), "huge": huge,
      "labels": Data([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), "few": Data([0, 0, 8, 1, 0, 0, 0, 1, 7]),
      "packed.gz": Data(), "batches.meta.txt": Data("a\nb\n".utf8),
      "data_batch_1.bin": Data(count: 3072),
    ])
    defer { try? FileManager.default.removeItem(atPath: path) }
    func message(_ make: () throws -> some Any) -> String {
      do { return "made \(try make())" } catch { return "\(error)" }
    }
    func idx(_ images: String, _ labels: String) -> String {
      message { try PixelDataset(images: "\(path)/\(images)", labels: "\(path)/\(labels)") }
    }
    #expect(idx("short", "labels").contains("short: 11 bytes for 2 x 2 x 3; expected one byte"))
    #expect(idx("huge", "labels").contains("huge: 0 bytes for 4294967295 x"))
    #expect(idx("labels", "labels").contains("labels: another kind of file"))
    #expect(idx("images", "few").contains("few: 1 labels; expected 2"))
    #expect(idx("packed", "labels").contains("gunzip \(path)/packed.gz"))
    #expect(idx("absent", "labels").contains("absent: cannot be read"))
    #expect(
      message { try PixelDataset.cifar10(path) }
        .contains("data_batch_1.bin: 3072 bytes; expected a multiple of 3073"))
    #expect(
      message { try PixelDataset.mnist(path) }.contains("train-images-idx3-ubyte: cannot be read"))
    #expect(
      message {
        try PixelDataset(pixels: Data(count: 5), size: ImageSize(width: 1, height: 1), labels: [0])
      } == "5 bytes of pixels; expected 3 for 1 labels")
    #expect(
      message {
        try PixelDataset(
          pixels: Data(count: 3), size: ImageSize(width: 1, height: 1), labels: [2],
          classes: ["a", "b"])
      } == "label 2 of picture 0; expected 0 to 1")
  }
}
