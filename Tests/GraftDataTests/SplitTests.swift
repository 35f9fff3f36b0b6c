import Foundation
import GraftData
import Testing

@Suite("Splitting")
struct SplitTests {
  /// Samples whose only value is their index.
  private func dataset(_ counts: [Int]) throws -> ArrayDataset<Int> {
    let labels = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    return try ArrayDataset(
      values: labels.indices.map(Float.init), sampleShape: [1], labels: labels)
  }

  @Test func everyClassGivesItsShare() throws {
    // The six classes of the demo: a fifth of 254 is 51, as scikit-learn splits them.
    let parts = try dataset([35, 50, 31, 65, 39, 34]).split(validation: 0.2, seed: 42)
    #expect(parts.training.count == 203)
    #expect(parts.validation.count == 51)
    #expect(parts.validation.counts == [7, 10, 6, 13, 8, 7])
    #expect(Set(parts.training.indices).isDisjoint(with: parts.validation.indices))
  }

  @Test func theSeedDecides() throws {
    let dataset = try dataset([30, 20, 10])
    let first = try dataset.split(validation: 0.3, seed: 1).validation.indices
    #expect(try dataset.split(validation: 0.3, seed: 1).validation.indices == first)
    #expect(try dataset.split(validation: 0.3, seed: 2).validation.indices != first)
  }

  @Test func picturesKeepTheirSideWhenOthersAreAdded() throws {
    let folder = try TemporaryFolder()
    for index in 0..<60 { try folder.copy("gray.png", to: "ab/\(index % 2)/\(index).png") }
    func heldOut(seed: UInt64 = 5) throws -> Set<String> {
      let photos = try ImageFolder(folder.path + "/ab")
      return Set(
        try photos.split(validation: 0.3, seed: seed).validation.entries.map(\.relativePath.display)
      )
    }
    let before = try heldOut()
    #expect(before.count == 18)
    #expect(try heldOut(seed: 6) != before)
    for index in 60..<66 { try folder.copy("gray.png", to: "ab/\(index % 2)/!\(index).png") }
    let after = try heldOut()
    let added = after.filter { $0.contains("!") }
    #expect(after.count == 20)
    // Only those left that new ones replaced, and none came but for the two that the share grew by.
    #expect(before.subtracting(after).count <= added.count)
    #expect(after.subtracting(before).count <= added.count + 2)
  }

  @Test func smallClassesStayOnBothSides() throws {
    let parts = try dataset([2, 100, 1]).split(validation: 0.05)
    #expect(parts.validation.counts == [1, 5, 0])
    #expect(parts.training.counts == [1, 95, 1])
  }

  @Test func unstratifiedHoldsOutTheShareOfTheWhole() throws {
    let parts = try dataset([50, 50]).split(validation: 0.25, stratified: false, seed: 3)
    #expect(parts.validation.count == 25)
    #expect(parts.training.count == 75)
  }

  /// Labels of a data set of one's own may be any numbers.
  @Test func groupsMayBeAnyNumbers() throws {
    struct Numbers: Dataset {
      let groups: [Int]
      var count: Int { groups.count }
      func sample(at index: Int) -> Int { groups[index] }
      func group(at index: Int) -> Int { groups[index] }
    }
    let groups = (0..<20).map { [Int.min, -1, 7, Int.max][$0 % 4] }
    let split = try Numbers(groups: groups).split(validation: 0.2)
    let heldOut = try (0..<split.validation.count).map { try split.validation.sample(at: $0) }
    #expect(heldOut.sorted() == [.min, -1, 7, .max])
    #expect(split.training.count == 16)
  }

  @Test func impossibleSplitsAreErrors() throws {
    let dataset = try dataset([3, 3])
    for share in [0, 1, -0.5, .nan] {
      #expect(throws: SplitError.self) { try dataset.split(validation: share) }
    }
    #expect(throws: SplitError.tooFewSamples(count: 1)) {
      try dataset.subset([0]).split(validation: 0.5)
    }
    // One of each class: neither can be held out.
    #expect(throws: SplitError.tooFewSamples(count: 2)) {
      try dataset.subset([0, 5]).split(validation: 0.5)
    }
  }
}
