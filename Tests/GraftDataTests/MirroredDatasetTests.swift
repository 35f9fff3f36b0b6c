import GraftData
import Testing

@Suite struct MirroredDatasetTests {
  @Test func theSecondHalfMirrorsTheFirst() throws {
    let pixels: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    let base = try ArrayDataset(
      values: pixels, sampleShape: [2, 3, 2], labels: [1], classes: ["a", "b"])
    let mirrored = MirroredDataset(base)
    #expect(mirrored.count == 2)
    #expect(mirrored.label(at: 1) == 1)
    let loader = try BatchLoader(
      UnlabeledDataset(mirrored),
      ImagePreprocessor(.unchanged(size: 3), shape: [2, 3, 2]))
    let batch = try #require(try loader.batches([PlannedBatch([0, 1])], epoch: 0).next())
    let values = batch.floats("input")
    #expect(Array(values[..<12]) == pixels)
    #expect(Array(values[12..<24]) == [5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8])
  }
}
