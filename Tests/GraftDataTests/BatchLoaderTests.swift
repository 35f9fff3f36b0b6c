import Foundation
import GraftData
import Testing

@Suite("Batches")
struct BatchLoaderTests {
  /// Samples of two values, both their index; labels 0, 1, 0, 1 and so on.
  private func dataset(_ count: Int) throws -> ArrayDataset {
    try ArrayDataset(
      values: (0..<count).flatMap { [Float($0), Float($0)] }, sampleShape: [2],
      labels: (0..<count).map { $0 % 2 })
  }

  private let preprocessing = Preprocessing.unitRange(size: 8)

  private func loader(
    _ count: Int, _ options: BatchLoader.Options
  ) throws -> BatchLoader {
    try BatchLoader(dataset(count), preprocessing: preprocessing, options: options)
  }

  @Test func deliversEverySampleOnceInOrder() throws {
    for threads in 1...4 {
      let loader = try loader(23, .init(batchSize: 5, threadCount: threads))
      #expect(loader.batchCount == 5)
      let stream = try loader.batches(epoch: 0)
      var seen: [Int] = []
      var position = 0
      while let batch = try stream.next() {
        #expect(batch.position == position)
        #expect(batch.labels == batch.indices.map { Int32($0 % 2) })
        batch.withValues { values in
          #expect(values.count == 10)
          let expected = batch.indices.flatMap { [Float($0), Float($0)] }
          #expect(Array(values.prefix(2 * batch.count)) == expected)
          #expect(values.dropFirst(2 * batch.count).allSatisfy { $0 == 0 })
        }
        seen += batch.indices
        position += 1
        if batch.count < 5 {
          #expect(batch.weights == [1, 1, 1, 0, 0])
          #expect(batch.paddedLabels == [0, 1, 0, 0, 0])
        }
      }
      #expect(seen == Array(0..<23))
      #expect(try stream.next() == nil)
    }
  }

  @Test func anEpochDependsOnSeedAndEpochAlone() async throws {
    let folder = try TemporaryFolder()
    let photos = try pictures(in: folder, count: 9)
    func epoch(_ number: Int, seed: UInt64, threads: Int) async throws -> ([Int], [Float]) {
      let options = BatchLoader.Options(
        batchSize: 4, order: .shuffled(seed: seed),
        augmentation: Augmentation(
          randomResizedCrop: RandomResizedCrop(), colorJitter: ColorJitter(brightness: 0.5),
          horizontalFlip: 0.5),
        seed: seed, threadCount: threads, prefetchCount: threads)
      let loader = try BatchLoader(photos, preprocessing: preprocessing, options: options)
      var result: ([Int], [Float]) = ([], [])
      for try await batch in try loader.batches(epoch: number) {
        result.0 += batch.indices
        result.1 += batch.withValues { Array($0) }
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

  private func pictures(in folder: TemporaryFolder, count: Int) throws -> ImageFolder {
    for index in 0..<count {
      let image = Fixtures.pattern(20 + index, 15, seed: index)
      try folder.write(image.jpegData(), to: "\(index % 2 == 0 ? "even" : "odd")/\(index).jpg")
    }
    return try ImageFolder(folder.path)
  }

  @Test func samplesCanBeChosen() throws {
    let loader = try loader(9, .init(batchSize: 2))
    let stream = try loader.batches(of: [7, 7, 3], epoch: 0)
    #expect(try stream.next()?.indices == [7, 7])
    #expect(try stream.next()?.indices == [3])
    #expect(try stream.next() == nil)
  }

  @Test func ranksShareTheSamplesEvenly() {
    let whole = SampleOrder.shuffled(seed: 3).indices(count: 10, epoch: 2)
    let parts = (0..<3).map {
      SampleOrder(shuffleSeed: 3, rank: $0, rankCount: 3).indices(count: 10, epoch: 2)
    }
    #expect(parts.allSatisfy { $0.count == 4 })
    let dealt = (0..<4).flatMap { turn in parts.map { $0[turn] } }
    #expect(dealt == whole + whole.prefix(2))
  }

  @Test func aPartialBatchCanBeLeftOut() throws {
    let loader = try loader(11, .init(batchSize: 4, dropsLastPartialBatch: true))
    #expect(loader.batchCount == 2)
    let stream = try loader.batches(epoch: 0)
    var counts: [Int] = []
    while let batch = try stream.next() { counts.append(batch.count) }
    #expect(counts == [4, 4])
  }

  @Test func theRingIsBoundedAndUsedAgain() throws {
    let loader = try loader(40, .init(batchSize: 2, threadCount: 2, prefetchCount: 2))
    #expect(loader.ringBatchCount == 4)
    #expect(loader.ringByteCount == 4 * 2 * 2 * 4)
    var addresses = Set<UnsafePointer<Float>?>()
    for epoch in 0..<3 {
      let stream = try loader.batches(epoch: epoch)
      while let batch = try stream.next() {
        batch.withValues { _ = addresses.insert($0.baseAddress) }
      }
    }
    #expect(addresses.count <= loader.ringBatchCount)
    let stream = try loader.batches(epoch: 3)
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
        photos, preprocessing: preprocessing, options: .init(batchSize: 4, threadCount: threads))
      let stream = try loader.batches(epoch: 0)
      #expect(try stream.next()?.position == 0)
      #expect(throws: ImageError(path: bad, reason: .unknownFormat(nil))) { try stream.next() }
      #expect(throws: ImageError(path: bad, reason: .unknownFormat(nil))) { try stream.next() }
    }
  }

  @Test func cancellingEndsTheWait() async throws {
    let loader = try BatchLoader(
      SlowDataset(), preprocessing: preprocessing, options: .init(batchSize: 4, threadCount: 2))
    let task = Task {
      for try await _ in try loader.batches(epoch: 0) {}
    }
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let stream = try loader.batches(epoch: 0)
    stream.cancel()
    #expect(throws: CancellationError.self) { try stream.next() }
  }

  /// A user's own dataset, which takes its time.
  private struct SlowDataset: Dataset {
    let count = 1_000_000
    let classes = ["only"]
    func label(at index: Int) -> Int { 0 }
    func shape(preparedBy preprocessing: Preprocessing) -> [Int] { [1] }
    func fill(
      _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
    ) throws {
      Thread.sleep(forTimeInterval: 0.001)
      values[0] = Float(index)
    }
  }

  @Test func wrongOptionsAreErrors() throws {
    #expect(throws: BatchLoaderError.option("batchSize", 0)) {
      try loader(3, .init(batchSize: 0))
    }
    #expect(throws: BatchLoaderError.option("threadCount", -1)) {
      try loader(3, .init(batchSize: 1, threadCount: -1))
    }
    #expect(throws: BatchLoaderError.emptyDataset) {
      try BatchLoader(
        dataset(3).subset([]), preprocessing: preprocessing, options: .init(batchSize: 1))
    }
    #expect(throws: BatchLoaderError.self) {
      try loader(3, .init(batchSize: 1 << 40)).batches(epoch: 0)
    }
  }
}
