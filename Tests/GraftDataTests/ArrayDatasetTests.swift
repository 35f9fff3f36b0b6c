import GraftData
import Testing

@Suite("Arrays as data")
struct ArrayDatasetTests {
  @Test func flipsApplyToNumbers() throws {
    let values = (0..<12).map(Float.init)
    let dataset = try ArrayDataset(values: values, sampleShape: [2, 3, 2], labels: [0])
    func sample(_ augmentation: Augmentation?) throws -> [Float] {
      let loader = try BatchLoader(
        UnlabeledDataset(dataset), ImagePreprocessor(.unitRange(size: 8), shape: [2, 3, 2]),
        augmentation: augmentation)
      return try #require(try loader.batches([PlannedBatch([0])], epoch: 0).next()).floats("input")
    }
    #expect(try sample(nil) == values)
    #expect(
      try sample(Augmentation(horizontalFlip: 1)) == [4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7])
    #expect(
      try sample(Augmentation(verticalFlip: 1)) == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
    #expect(throws: ArrayDatasetError.augmentation) { try sample(.standard) }
  }

  @Test func countsMustFit() {
    #expect(throws: ArrayDatasetError.valueCount(expected: 6, found: 5, sampleShape: [3])) {
      try ArrayDataset(values: [0, 0, 0, 0, 0], sampleShape: [3], labels: [0, 1])
    }
    #expect(throws: ArrayDatasetError.label(2, index: 1, classCount: 2)) {
      try ArrayDataset(values: [0, 0], sampleShape: [1], labels: [0, 2], classes: ["a", "b"])
    }
    #expect(throws: ArrayDatasetError.shape([0])) {
      try ArrayDataset(values: [], sampleShape: [0], labels: [])
    }
  }
}
