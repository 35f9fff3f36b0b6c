import Foundation
import GraftWeights
import Testing

/// Files that claim more than they hold: each has to end in an error, soon and in little memory.
@Suite("Claims of a forged file are bounded", .timeLimit(.minutes(1)))
struct HostileStructureTests {
  @Test func aGroupWhoseTablesOverlap() throws {
    let error = try readingError(ForgedHDF5.sharedTable(entryCount: 65535, symbolCount: 1000))
    #expect(try #require(error).problem == .unsupported)
    // The same file with a table of its own is sound, and empty of tensors.
    #expect(try readingError(ForgedHDF5.sharedTable(entryCount: 1, symbolCount: 3)) == nil)
  }

  @Test(arguments: [
    (#"{"a":\#(String(repeating: "[", count: 100_000))"#, 8),
    (tensor(shape: Array(repeating: "1", count: 33).joined(separator: ",")), 4),
    (tensor(name: String(repeating: "a", count: 4097)), 4),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8
    ),
    (#"{"a":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8),
  ])
  func headersOfSafetensors(header: String, byteCount: Int) throws {
    #expect(try #require(try Self.error(header, byteCount)).problem == .malformed)
  }

  /// The longest name and the most axes.
  @Test func headersOfSafetensorsAtTheLimits() throws {
    let ones = Array(repeating: "1", count: 32).joined(separator: ",")
    let name = String(repeating: "a", count: 4096)
    #expect(try Self.error(Self.tensor(name: name, shape: ones), 4) == nil)
  }

  /// One number.
  private static func tensor(name: String = "a", shape: String = "1") -> String {
    #"{"\#(name)":{"dtype":"F32","shape":[\#(shape)],"data_offsets":[0,4]}}"#
  }

  private static func error(_ header: String, _ byteCount: Int) throws -> WeightFileError? {
    let count = ForgedHDF5.little(UInt64(header.utf8.count))
    return try readingError(count + header.utf8 + [UInt8](repeating: 0, count: byteCount))
  }

  @Test func aHeaderOfSafetensorsThatNoNetworkHas() throws {
    let bytes =
      ForgedHDF5.little(UInt64(20_000_000)) + Array("{".utf8)
      + [UInt8](repeating: 0x20, count: 20_000_000)
    #expect(try #require(try readingError(bytes)).problem == .unsupported)
  }

  @Test func aHeaderOfNumPyThatNoArrayHas() throws {
    let bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [2, 0] + ForgedHDF5.little(UInt32(1 << 20))
    let error = try readingError(bytes + [UInt8](repeating: 0x20, count: 1 << 20))
    #expect(try #require(error).problem == .malformed)
  }

  @Test(arguments: [32, 33, 1 << 20])
  func ranksOfONNX(rank: Int) throws {
    let dimensions = ForgedONNX.field(1, [UInt8](repeating: 1, count: rank))
    let tensor = dimensions + ForgedONNX.integer(2, 1) + ForgedONNX.field(8, Array("a".utf8))
    let error = try readingError(ForgedONNX.model(tensor + ForgedONNX.field(9, [0, 0, 128, 63])))
    #expect(error?.problem == (rank > 32 ? .malformed : nil))
  }

  @Test(
    "Tensors of ONNX lie beside the network or nowhere",
    arguments: [
      "../outside", "/etc/hostname", "./beside", "folder/../../outside", "", "link", "neighbour",
      "missing",
    ])
  func externalFiles(location: String) throws {
    let folder = try TemporaryFolder()
    let inner = folder.url.appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    _ = try folder.write([0, 0, 128, 63], as: "outside")
    _ = try folder.write([0, 0, 128, 63], as: "inner/beside")
    try FileManager.default.createSymbolicLink(
      atPath: inner.appending(path: "link").path, withDestinationPath: "../outside")
    _ = try folder.write([0, 0, 128, 63], as: "inner2")
    try FileManager.default.createSymbolicLink(
      atPath: inner.appending(path: "neighbour").path, withDestinationPath: "../inner2")
    let bytes = ForgedONNX.model(ForgedONNX.external(["location": location]))
    let url = try folder.write(bytes, as: "inner/a.onnx")
    #expect(throws: WeightFileError.self) { try readAll(url) }
  }

  @Test func countsOfExternalFiles() throws {
    let folder = try TemporaryFolder()
    func read(_ count: Int) throws -> Int {
      var tensors: [UInt8] = []
      for index in 0..<count {
        _ = try folder.write([0, 0, 128, 63], as: "\(index)")
        tensors += ForgedONNX.field(
          5, ForgedONNX.external(["location": "\(index)"], name: "a\(index)"))
      }
      let url = try folder.write(
        ForgedONNX.integer(1, 8) + ForgedONNX.field(7, tensors), as: "a.onnx")
      return try readAll(url).count
    }
    #expect(try read(4096) == 4096)
    let error = try #require(throws: WeightFileError.self) { try read(4097) }
    #expect(error.description.contains("keeps its tensors in more files than any network"))
  }

  @Test(arguments: [4096, 4097])
  func namesOfONNX(byteCount: Int) throws {
    let name = ForgedONNX.field(8, [UInt8](repeating: 0x61, count: byteCount))
    let tensor = ForgedONNX.integer(1, 1) + ForgedONNX.integer(2, 1) + name
    let error = try readingError(ForgedONNX.model(tensor + ForgedONNX.field(9, [0, 0, 128, 63])))
    #expect(error?.problem == (byteCount > 4096 ? .malformed : nil))
  }

  @Test(arguments: [
    ["offset": "4"], ["offset": "-4"], ["offset": "9223372036854775807"], ["length": "8"],
    ["length": "x"],
  ])
  func placesInExternalFiles(entries: [String: String]) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write([0, 0, 128, 63], as: "beside")
    func url(_ entries: [String: String]) throws -> URL {
      try folder.write(ForgedONNX.model(ForgedONNX.external(entries)), as: "a.onnx")
    }
    #expect(try readAll(url(["location": "beside"])) == ["a": [1]])
    let forged = try url(entries.merging(["location": "beside"]) { first, _ in first })
    let error = try #require(throws: WeightFileError.self) { try readAll(forged) }
    #expect(error.problem == .malformed)
    if entries["length"] != nil { #expect(error.description.contains("are named; export")) }
  }
}

/// Networks in ONNX of one tensor.
private enum ForgedONNX {
  static func model(_ tensor: [UInt8]) -> [UInt8] { integer(1, 8) + field(7, field(5, tensor)) }

  /// One number in another file.
  static func external(_ entries: [String: String], name: String = "a") -> [UInt8] {
    entries.reduce(integer(1, 1) + integer(2, 1) + field(8, Array(name.utf8)) + integer(14, 1)) {
      $0 + field(13, field(1, Array($1.key.utf8)) + field(2, Array($1.value.utf8)))
    }
  }

  static func integer(_ number: Int, _ value: Int) -> [UInt8] {
    variable(number << 3) + variable(value)
  }

  static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    variable(number << 3 | 2) + variable(bytes.count) + bytes
  }

  private static func variable(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + variable(value >> 7)
  }
}

/// HDF5 files of superblock 0 with one group.
private enum ForgedHDF5 {
  static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// A root group whose B-tree leads to one table of names again and again; every name is the root.
  static func sharedTable(entryCount: Int, symbolCount: Int) -> [UInt8] {
    let (header, heap, names, table) = (96, 136, 168, 176)
    let tree = table + 8 + 40 * symbolCount
    let end = tree + 24 + 16 * entryCount + 8
    func address(_ value: Int) -> [UInt8] { little(UInt64(value)) }
    var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8]
    bytes +=
      [UInt8](repeating: 0, count: 9) + address(0) + [UInt8](repeating: 0xFF, count: 8)
      + address(end)
    bytes += [UInt8](repeating: 0xFF, count: 8) + address(0) + address(header)
    bytes += [UInt8](repeating: 0, count: header - bytes.count)
    bytes += [1, 0, 1, 0, 1, 0, 0, 0] + little(UInt32(24)) + little(UInt32(0))
    bytes += little(UInt16(0x11)) + little(UInt16(16)) + little(UInt32(0))
    bytes += address(tree) + address(heap)
    bytes += Array("HEAP".utf8) + little(UInt32(0)) + address(8) + address(8) + address(names)
    bytes += Array("a".utf8) + [UInt8](repeating: 0, count: 7)
    bytes += Array("SNOD".utf8) + [1, 0] + little(UInt16(symbolCount))
    for _ in 0..<symbolCount {
      bytes += address(0) + address(header) + [UInt8](repeating: 0, count: 24)
    }
    bytes += Array("TREE".utf8) + [0, 0] + little(UInt16(entryCount))
    bytes += [UInt8](repeating: 0xFF, count: 16)
    for _ in 0..<entryCount { bytes += address(0) + address(table) }
    return bytes + address(0)
  }
}
