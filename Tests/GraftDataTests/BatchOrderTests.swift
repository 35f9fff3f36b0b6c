import GraftData
import Testing

@Suite struct BatchOrderTests {
  /// What `Tests/Fixtures/make_sample_orders.py` prints.
  @Test(arguments: [
    (10, 0, 1, [3, 1, 4, 7, 2, 5, 9, 0, 6, 8]),
    (10, 0, 2, [3, 6, 8, 4, 7, 9, 5, 0, 2, 1]),
    (10, UInt64.max, 1, [1, 7, 4, 5, 0, 2, 6, 9, 3, 8]),
    (7, 42, 30, [5, 1, 2, 0, 6, 3, 4]),
  ])
  func ordersAreTheSameEverywhere(count: Int, seed: UInt64, epoch: Int, expected: [Int]) {
    #expect(BatchOrder.shuffled(seed: seed).indices(count: count, epoch: epoch) == expected)
  }

  @Test func withoutASeedSamplesKeepTheirPlaces() {
    #expect(BatchOrder.sequential.indices(count: 4, epoch: 3) == [0, 1, 2, 3])
    #expect(BatchOrder.shuffled(seed: 1).indices(count: 0, epoch: 0) == [])
  }

  /// The same numbers drawn for pictures in folders of other sizes, and for parts of a split.
  @Test func identitiesStayWhenSamplesMove() throws {
    let samples = try ArrayDataset(values: [1, 2, 3, 4], sampleShape: [1], labels: [0, 1, 0, 1])
    let part = samples.subset([3, 1]).subset([1, 0])
    #expect((0..<2).map(part.identity(at:)) == [1, 3])
    let mirrored = MirroredDataset(part)
    let identities = (0..<4).map(mirrored.identity(at:))
    #expect(Array(identities[..<2]) == [1, 3])
    #expect(Set(identities).count == 4)
    let folder = try TemporaryFolder()
    for name in ["a/1.jpg", "a/2.jpg", "b/3.jpg"] {
      try folder.write(Fixtures.pattern(8, 8).jpegData(), to: name)
    }
    let before = try ImageFolder(folder.path)
    let known = before.identity(at: 1)
    try folder.write(Fixtures.pattern(8, 8).jpegData(), to: "a/0.jpg")
    #expect(try ImageFolder(folder.path).identity(at: 2) == known)
    #expect(before.subset([2, 1]).identity(at: 1) == known)
  }
}
