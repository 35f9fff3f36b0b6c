import Foundation
import GraftGraph
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

  /// A rename would put a file into the place of a device, too.
  @Test func onlyFilesAreReplaced() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.url.appendingPathComponent("pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    for place in [pipe, folder.url] {
      let error = try #require(throws: WeightFileError.self) {
        try SafetensorsWriter.write([], to: place)
      }
      #expect(error.description.contains("is a folder, a device or a pipe"))
    }
    let type = try FileManager.default.attributesOfItem(atPath: pipe.path)[.type]
    #expect(type as? FileAttributeType != .typeRegular)
    #expect(try folder.names == ["pipe"])
  }

  @Test func linksLeadToTheFileThatIsReplaced() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([1], as: "file")
    let link = folder.url.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "file")
    try SafetensorsWriter.write([WritableTensor(name: "b", shape: [1]) { [5] }], to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "file")
    #expect(try readAll(file) == ["b": [5]])
    #expect(try folder.names == ["file", "link"])
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

  @Test func whatKilledProcessesLeftIsRemoved() throws {
    let folder = try TemporaryFolder()
    for name in [".file.123.tmp", ".file.x.tmp", ".other.123.tmp", ".file.77.tmp"] {
      _ = try folder.write([1], as: name)
    }
    // A process that writes holds a lock.
    let writing = folder.url.appendingPathComponent(".file.77.tmp").path
    let descriptor = open(writing, O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX) == 0)
    try SafetensorsWriter.write(
      [WritableTensor(name: "b", shape: [1]) { [5] }],
      to: folder.url.appendingPathComponent("file"))
    #expect(try folder.names == [".file.77.tmp", ".file.x.tmp", ".other.123.tmp", "file"])
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

  private static let rows: [(name: String, rowShape: Shape)] = [("b", [2]), ("a", [1, 3])]

  /// Rows reach the disk as they come, and the file is that of the writer for whole tensors.
  @Test func rowsAreWrittenAsTheyCome() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file")
    var writer = try SafetensorsRowWriter(
      Self.rows, rowLimit: 3, metadata: ["format": "pt"], to: url)
    try writer.append(["a": [1, 2, 3], "b": [10, 20]], count: 1)
    let draft = folder.url.appendingPathComponent(try #require(try folder.names.first))
    let written = try Data(contentsOf: draft)
    #expect(written.range(of: withUnsafeBytes(of: Float(20)) { Data($0) }) != nil)
    try writer.append(["a": [4, 5, 6, 7, 8, 9], "b": [30, 40, 50, 60]], count: 2)
    #expect(writer.rowCount == 3)
    try writer.finish()
    let whole = folder.url.appendingPathComponent("whole")
    try SafetensorsWriter.write(
      [
        WritableTensor(name: "a", shape: [3, 1, 3]) { (1...9).map(Float.init) },
        WritableTensor(name: "b", shape: [3, 2]) { (1...6).map { Float($0) * 10 } },
      ], metadata: ["format": "pt"], to: whole)
    #expect(try Data(contentsOf: url) == Data(contentsOf: whole))
    #expect(try folder.names.sorted() == ["file", "whole"])
  }

  @Test(arguments: [0, 2, 999])
  func fewerRowsThanThereIsRoomFor(count: Int) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file")
    var writer = try SafetensorsRowWriter(Self.rows, rowLimit: 1000, to: url)
    for row in 0..<count {
      let first = Float(row)
      try writer.append(["a": [first, -first, 0.5], "b": [first * 10, 7]], count: 1)
    }
    try writer.finish()
    let values = try readAll(url)
    #expect(values["a"] == (0..<count).flatMap { [Float($0), -Float($0), 0.5] })
    #expect(values["b"] == (0..<count).flatMap { [Float($0) * 10, 7] })
    let parts = try parts(url)
    #expect(parts.dataStart.isMultiple(of: 8))
    #expect(parts.data.count == count * 5 * 4)
  }

  @Test func rowsThatAreGivenUpLeaveNothing() throws {
    let folder = try TemporaryFolder()
    func start() throws {
      var writer = try SafetensorsRowWriter(
        Self.rows, rowLimit: 1, to: folder.url.appendingPathComponent("file"))
      try writer.append(["a": [1, 2, 3], "b": [10, 20]], count: 1)
    }
    try start()
    #expect(try folder.names.isEmpty)
    #expect(throws: WeightFileError.self) {
      _ = try SafetensorsRowWriter(
        [("a", [1]), ("a", [2])], rowLimit: 1, to: folder.url.appendingPathComponent("file"))
    }
  }
}
