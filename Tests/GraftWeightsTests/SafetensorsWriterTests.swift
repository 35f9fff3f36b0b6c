import Foundation
import GraftWeights
import Testing

@Suite("Writing safetensors")
struct SafetensorsWriterTests {
  /// Header, as JSON, and data of a safetensors file.
  private func parts(_ url: URL) throws -> (header: NSDictionary, dataStart: Int, data: Data) {
    let bytes = try Data(contentsOf: url)
    let count = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: bytes[8..<8 + count])
    return (try #require(header as? NSDictionary), 8 + count, bytes[(8 + count)...])
  }

  private func writable(_ file: WeightFile) -> [WritableTensor] {
    file.tensors.map { tensor in
      WritableTensor(name: tensor.name, shape: tensor.shape) { try tensor.load() }
    }
  }

  @Test func equalsWhatTheReferenceWrites() throws {
    let reference = Fixture.url("few.safetensors")
    let file = try WeightFile(contentsOf: reference)
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("few")
    try SafetensorsWriter.write(
      writable(file).reversed(), metadata: file.metadata, to: url)
    let (expected, found) = (try parts(reference), try parts(url))
    #expect(found.header == expected.header)
    #expect(found.data == expected.data)
    #expect(found.dataStart.isMultiple(of: 8))
    #expect(try folder.names == ["few"])
  }

  @Test func replacesAFileThatIsBeingRead() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write(Fixture.bytes("few.safetensors"))
    let old = try WeightFile(contentsOf: url)
    try SafetensorsWriter.write(
      [WritableTensor(name: "b", shape: [1]) { [5] }], to: url)
    #expect(try old["b"]?.load() == [0, 1, 2, 3])
    #expect(try readAll(url) == ["b": [5]])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    struct Interruption: Error {}
    let folder = try TemporaryFolder()
    let url = try folder.write(Fixture.bytes("few.safetensors"))
    let tensors = [
      WritableTensor(name: "a", shape: [1]) { [1] },
      WritableTensor(name: "b", shape: [1]) { throw Interruption() },
    ]
    #expect(throws: Interruption.self) { try SafetensorsWriter.write(tensors, to: url) }
    #expect(try folder.names == ["file"])
    #expect(try Data(contentsOf: url) == Data(Fixture.bytes("few.safetensors")))
  }

  @Test func namesThatTheFormatCannotHold() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file")
    let one = WritableTensor(name: "a", shape: [1]) { [1] }
    let reserved = WritableTensor(name: "__metadata__", shape: [1]) { [1] }
    for tensors in [[one, one], [reserved]] {
      #expect(throws: WeightFileError.self) { try SafetensorsWriter.write(tensors, to: url) }
    }
    #expect(throws: WeightFileError.self) {
      try SafetensorsWriter.write([one], to: folder.url.appendingPathComponent("absent/file"))
    }
    #expect(try folder.names.isEmpty)
  }
}
