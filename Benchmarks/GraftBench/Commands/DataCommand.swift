import ArgumentParser
import Dispatch
import Foundation
import Graft

/// How fast photos become batches: decoded, resized and normalized.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Photos a second that one core, and all cores, decode, resize and normalize.")

  @Argument(help: "Photos; by default sixteen made-up JPEG files of 500 × 375 pixels.")
  var photos: [String] = []

  @Option(help: "Height and width of the result, cut out of 256/224 of it as torchvision does.")
  var size = 224

  @Option(help: "How long to measure each way, in seconds.")
  var duration = 2.0

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Rate: Encodable {
    var decoding: String
    var imagesPerSecondPerCore: Double
    var imagesPerSecond: Double
  }

  private struct Result: Encodable {
    var photoCount: Int
    var size: Int
    var coreCount: Int
    var rates: [Rate]
    /// Of each pass over all photos on one core, decoded exactly.
    var millisecondsPerPhoto: [Double]
  }

  func validate() throws {
    guard size > 0, duration > 0 else {
      throw ValidationError("--size must be at least 1 and --duration positive")
    }
  }

  func run() throws {
    let files =
      photos.isEmpty
      ? try (0..<16).map { try SyntheticPhoto.jpegData(width: 500, height: 375, seed: $0) }
      : try photos.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    let coreCount = ProcessInfo.processInfo.activeProcessorCount
    var times: [Double] = []
    let rates = try Preprocessing.JPEGDecoding.allCases.map { decoding in
      var preprocessing = Preprocessing.torchvision(
        size: size, resizeRule: .shorterSideThenCentreCrop(resize: size * 256 / 224))
      preprocessing.jpegDecoding = decoding
      // Errors show here; what follows does the same again.
      let passes = try passTimes(files, preprocessing)
      if decoding == .exact { times = passes.map { $0 / Double(files.count) } }
      let alone = Double(files.count * passes.count) / passes.reduce(0, +)
      let together = togetherRate(files, preprocessing, coreCount)
      return Rate(
        decoding: decoding.rawValue, imagesPerSecondPerCore: alone, imagesPerSecond: together)
    }
    for rate in rates {
      print(
        "\(rate.decoding): \(Format.fixed(rate.imagesPerSecondPerCore, 1)) images/s on one core, "
          + "\(Format.fixed(rate.imagesPerSecond, 1)) on \(coreCount)")
    }
    guard json else { return }
    print(
      try Format.json(
        Result(
          photoCount: files.count, size: size, coreCount: coreCount, rates: rates,
          millisecondsPerPhoto: times.map { $0 * 1000 })))
  }

  /// How long each pass over the photos takes on this thread, in seconds; the first doesn't count.
  private func passTimes(_ files: [Data], _ preprocessing: Preprocessing) throws -> [Double] {
    let preparer = try ImagePreparer(preprocessing)
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: preprocessing.valueCount)
    defer { values.deallocate() }
    func pass() throws {
      for file in files {
        try file.withUnsafeBytes { try preparer.prepare(encoded: $0, into: values) }
      }
    }
    try pass()
    var times: [Double] = []
    while times.reduce(0, +) < duration { times.append(try seconds(pass)) }
    return times
  }

  /// The sum over all cores working at once.
  private func togetherRate(
    _ files: [Data], _ preprocessing: Preprocessing, _ coreCount: Int
  ) -> Double {
    let rates = UnsafeMutableBufferPointer<Double>.allocate(capacity: coreCount)
    defer { rates.deallocate() }
    // Each thread writes its own element.
    nonisolated(unsafe) let shared = rates
    DispatchQueue.concurrentPerform(iterations: coreCount) { core in
      let passes = (try? passTimes(files, preprocessing)) ?? []
      shared[core] = Double(files.count * passes.count) / max(passes.reduce(0, +), 1e-9)
    }
    return rates.reduce(0, +)
  }
}
