import Foundation
import GraftData
import GraftGraph
import Testing

@Suite("Batches")
struct BatchLoaderTests {
  /// Samples of two values, both their index.
  private func dataset(_ count: Int) throws -> UnlabeledDataset<Image, Int> {
    UnlabeledDataset(
      try ArrayDataset(
        values: (0..<count).flatMap { [Float($0), Float($0)] }, sampleShape: [2],
        labels: (0..<count).map { $0 % 2 }))
  }

  private let pictureInputs = ImagePreprocessor(.unitRange(size: 8))

  private func loader(
    _ count: Int, _ options: BatchLoader.Options = .init()
  ) throws -> BatchLoader {
    try BatchLoader(
      dataset(count), ImagePreprocessor(.unitRange(size: 8), shape: [2]), options: options)
  }

  private func stream(
    _ loader: BatchLoader, size: Int, order: BatchOrder = .sequential, epoch: Int = 0
  ) throws -> BatchStream {
    try loader.stream(loader.plan(order, size: size, epoch: epoch), epoch: epoch)
  }

  @Test func deliversEverySampleOnceInOrder() throws {
    for threads in 1...4 {
      let loader = try loader(23, .init(threadCount: threads))
      let stream = try stream(loader, size: 5)
      var seen: [Int] = []
      var position = 0
      while let batch = try stream.next() {
        #expect(batch.position == position)
        #expect(batch.ids == batch.samples.map { UInt64($0) })
        #expect(batch.weights == Array(repeating: 1, count: batch.count))
        #expect(batch.floats("input") == batch.samples.flatMap { [Float($0), Float($0)] })
        seen += batch.samples
        position += 1
      }
      #expect(position == 5)
      #expect(seen == Array(0..<23))
      #expect(try stream.next() == nil)
    }
  }

  @Test func anEpochDependsOnSeedAndEpochAlone() async throws {
    let folder = try TemporaryFolder()
    let photos = UnlabeledDataset(try pictures(in: folder, count: 9))
    func epoch(_ number: Int, seed: UInt64, threads: Int) async throws -> ([Int], [Float]) {
      let augmentation = Augmentation(
        randomResizedCrop: RandomResizedCrop(), colorJitter: ColorJitter(brightness: 0.5),
        horizontalFlip: 0.5)
      let loader = try BatchLoader(
        photos, pictureInputs, augmentation: augmentation,
        options: .init(seed: seed, threadCount: threads, prefetchCount: threads))
      var result: ([Int], [Float]) = ([], [])
      for try await batch in try stream(
        loader, size: 4, order: .shuffled(seed: seed), epoch: number)
      {
        result.0 += batch.samples
        result.1 += batch.floats("input")
      }
      return result
    }
    let first = try await epoch(0, seed: 7, threads: 1)
    #expect(first.0.sorted() == Array(0..<9))
    for threads in 2...4 {
      let again = try await epoch(0, seed: 7, threads: threads)
      #expect(again.0 == first.0)
      #expect(again.1 == first.1)
    }
    #expect(try await epoch(1, seed: 7, threads: 2).0 != first.0)
    #expect(try await epoch(0, seed: 8, threads: 2).0 != first.0)
  }

  /// What happens to a picture follows from seed, epoch and picture, not from its place.
  @Test func augmentationFollowsThePicture() async throws {
    let folder = try TemporaryFolder()
    let photos = try pictures(in: folder, count: 5)
    func values(
      _ photos: ImageFolder, epoch: Int = 0, seed: UInt64 = 7
    ) async throws -> [UInt64: [Float]] {
      let loader = try BatchLoader(
        UnlabeledDataset(photos), pictureInputs,
        augmentation: Augmentation(colorJitter: ColorJitter(brightness: 0.5)),
        options: .init(seed: seed))
      var values: [UInt64: [Float]] = [:]
      for try await batch in try stream(loader, size: 1, epoch: epoch) {
        values[batch.ids[0]] = batch.floats("input")
      }
      return values
    }
    let first = try await values(photos)
    #expect(first.count == 5)
    let part = try await values(photos.subset([4, 2]))
    #expect(part.count == 2)
    for (id, values) in part { #expect(first[id] == values) }
    for other in [try await values(photos, epoch: 1), try await values(photos, seed: 8)] {
      for (id, values) in other { #expect(first[id] != values) }
    }
  }

  private func pictures(in folder: TemporaryFolder, count: Int) throws -> ImageFolder {
    for index in 0..<count {
      let image = Fixtures.pattern(20 + index, 15, seed: index)
      try folder.write(image.jpegData(), to: "\(index % 2 == 0 ? "even" : "odd")/\(index).jpg")
    }
    return try ImageFolder(folder.path)
  }

  @Test func samplesCanBeChosen() throws {
    let plan = [PlannedBatch([7, 7]), PlannedBatch([3])]
    let stream = try loader(9).stream(plan, epoch: 0)
    #expect(try stream.next()?.samples == [7, 7])
    #expect(try stream.next()?.samples == [3])
    #expect(try stream.next() == nil)
  }

  @Test func ranksShareTheSamplesEvenly() {
    let whole = BatchOrder.shuffled(seed: 3).indices(count: 10, epoch: 2)
    let parts = (0..<3).map {
      BatchOrder(seed: 3, rank: $0, rankCount: 3).indices(count: 10, epoch: 2)
    }
    #expect(parts.allSatisfy { $0.count == 4 })
    let dealt = (0..<4).flatMap { turn in parts.map { $0[turn] } }
    #expect(dealt == whole + whole.prefix(2))
  }

  /// Texts of one to four letters, as numbers in rows of four or two.
  private struct Letters: Preprocessor {
    var signatures: [Signature] {
      [4, 2].map { [TensorSpec("letters", [$0], .int32), TensorSpec("mask", [$0])] }
    }
    func signature(of text: String) throws -> Int { text.count > 2 ? 0 : 1 }
    func makeWriter(_ augmentation: Never?) -> SampleWriter<String> {
      { text, row, _ in
        try row.write(integers: text.unicodeScalars.map { Int32($0.value) - 96 }, to: "letters")
        try row.write(text.map { _ in 1 }, to: "mask")
      }
    }
  }

  private struct Texts: Dataset {
    let texts = ["a", "abcd", "bc", "abc", "d", "ab", "dcb"]
    var count: Int { texts.count }
    func sample(at index: Int) -> String { texts[index] }
  }

  @Test func samplesOfOneLengthComeTogether() throws {
    let loader = try BatchLoader(Texts(), Letters())
    let stream = try stream(loader, size: 2)
    var seen: [[Int]] = []
    while let batch = try stream.next() {
      let width = batch.signature["letters"]?.type.shape[0] ?? 0
      for (row, sample) in batch.samples.enumerated() {
        let letters = Array(batch.integers("letters")[row * width..<(row + 1) * width])
        let text = Array(Texts().texts[sample].utf8)
        #expect(width == (text.count > 2 ? 4 : 2))
        let padding = Array(repeating: Int32(0), count: width - text.count)
        #expect(letters == text.map { Int32($0) - 96 } + padding)
        let mask = batch.floats("mask")[row * width..<(row + 1) * width]
        #expect(mask.reduce(0, +) == Float(text.count))
      }
      seen.append(batch.samples)
    }
    #expect(seen == [[0, 2], [1, 3], [4, 5], [6]])
  }

  @Test func whatDoesNotFitItsRowIsNamed() throws {
    struct Long: Dataset {
      let count = 1
      func sample(at index: Int) -> String { "abcde" }
    }
    let stream = try stream(try BatchLoader(Long(), Letters()), size: 1)
    let error = #expect(throws: SampleRowError.self) { try stream.next() }
    #expect(error?.description == "'letters' has 5 values, but there is room for 4")
  }

  @Test func weightsComeWithTheirSamples() throws {
    struct Weighted: Dataset {
      var weights: [Float]
      var count: Int { weights.count }
      func sample(at index: Int) -> String { "ab" }
      func weight(at index: Int) -> Float { weights[index] }
    }
    let loader = try BatchLoader(Weighted(weights: [0, 2, 0.5]), Letters())
    #expect(try stream(loader, size: 3).next()?.weights == [0, 2, 0.5])
    for bad in [-1, .nan, .infinity] as [Float] {
      let error = #expect(throws: BatchLoaderError.self) {
        try BatchLoader(Weighted(weights: [1, bad]), Letters())
      }
      #expect(error?.description.contains("the weight of sample 1 is \(bad)") == true)
    }
  }

  @Test func theRingIsBoundedAndUsedAgain() throws {
    let loader = try loader(40, .init(threadCount: 2, prefetchCount: 2))
    #expect(loader.ringBatchCount == 4)
    #expect(loader.ringByteCount(batchSize: 2) == 4 * 64)
    var addresses = Set<UnsafeRawPointer?>()
    for epoch in 0..<3 {
      let stream = try stream(loader, size: 2, epoch: epoch)
      while let batch = try stream.next() {
        batch.withBytes(of: "input") { _ = addresses.insert($0.baseAddress) }
      }
    }
    #expect(addresses.count <= loader.ringBatchCount)
    let stream = try stream(loader, size: 2, epoch: 3)
    var held: [Batch] = []
    #expect(throws: BatchLoaderError.allBatchesHeld(4)) {
      while let batch = try stream.next() { held.append(batch) }
    }
    #expect(held.count == 4)
    held = []
    #expect(try stream.next()?.position == 4)
  }

  @Test func aBadFileIsNamedAfterTheGoodBatches() throws {
    let folder = try TemporaryFolder()
    let photos = try pictures(in: folder, count: 12)
    let bad = photos.path(at: 5).display
    try Data("text".utf8).write(to: URL(fileURLWithPath: bad))
    for threads in 1...4 {
      let loader = try BatchLoader(
        UnlabeledDataset(photos), pictureInputs, options: .init(threadCount: threads))
      let stream = try stream(loader, size: 4)
      #expect(try stream.next()?.position == 0)
      #expect(throws: ImageError(path: bad, reason: .unknownFormat(nil))) { try stream.next() }
      #expect(throws: ImageError(path: bad, reason: .unknownFormat(nil))) { try stream.next() }
    }
    let failures = SampleFailures()
    let loader = try BatchLoader(
      UnlabeledDataset(photos), pictureInputs, options: .init(failures: failures))
    let tolerant = try stream(loader, size: 12)
    let batch = try #require(try tolerant.next())
    #expect(
      failures.all.mapValues { $0 as? ImageError } == [
        5: ImageError(path: bad, reason: .unknownFormat(nil))
      ])
    let values = batch.floats("input")
    let size = values.count / 12
    for sample in 0..<12 {
      let isEmpty = values[sample * size..<(sample + 1) * size].allSatisfy { $0 == 0 }
      #expect(isEmpty == (sample == 5))
    }
  }

  @Test func cancellingEndsTheWait() async throws {
    let loader = try BatchLoader(Numbers(), Slowly(), options: .init(threadCount: 2))
    let plan = try loader.plan(.sequential, size: 4, epoch: 0)
    let task = Task {
      for try await _ in try loader.stream(plan, epoch: 0) {}
    }
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let stream = try loader.stream(plan, epoch: 0)
    stream.cancel()
    #expect(throws: CancellationError.self) { try stream.next() }
  }

  /// A user's own dataset, and a preprocessor that takes its time.
  private struct Numbers: Dataset {
    let count = 100_000
    func sample(at index: Int) -> Float { Float(index) }
  }

  private struct Slowly: Preprocessor {
    let signatures: [Signature] = [[TensorSpec("number", [1])]]
    private enum CodingKeys: CodingKey {}
    func makeWriter(_ augmentation: Never?) -> SampleWriter<Float> {
      { number, row, _ in
        Thread.sleep(forTimeInterval: 0.001)
        try row.write([number], to: "number")
      }
    }
  }

  @Test func wrongOptionsAreErrors() throws {
    #expect(throws: BatchLoaderError.option("threadCount", -1)) {
      try loader(3, .init(threadCount: -1))
    }
    #expect(throws: BatchLoaderError.emptyDataset) { try stream(loader(0), size: 1) }
    #expect(throws: BatchLoaderError.outOfMemory(byteCount: 1 << 44)) {
      let samples = Array(repeating: 0, count: 1 << 20)
      let shape = [1 << 22]
      let loader = try BatchLoader(dataset(1), ImagePreprocessor(.unitRange(size: 8), shape: shape))
      _ = try loader.stream([PlannedBatch(samples)], epoch: 0)
    }
  }
}
