import Foundation
import GraftWeights
import Testing

@Suite("Weight files hold what PyTorch, NumPy and safetensors wrote")
struct WeightFileTests {
  static let files: [(String, WeightFormat)] = [
    ("mixed.pth", .pyTorchZip), ("mixed_protocol4.pth", .pyTorchZip),
    ("mixed_legacy.pth", .pyTorchLegacy), ("python2_legacy.pth", .pyTorchLegacy),
    ("checkpoint.pth", .pyTorchZip), ("nested.pth", .pyTorchZip), ("stored.pth", .pyTorchZip),
    ("deflated.pth", .pyTorchZip), ("zip64.pth", .pyTorchZip), ("network.pth", .pyTorchZip),
    ("mixed.safetensors", .safetensors), ("unsigned.safetensors", .safetensors),
    ("big_endian.pth", .pyTorchZip), ("big_endian_legacy.pth", .pyTorchLegacy),
    ("few.safetensors", .safetensors), ("arrays.npz", .npz), ("arrays_compressed.npz", .npz),
    ("array.npy", .npy),
  ]

  @Test(arguments: files)
  func readsEveryTensor(name: String, format: WeightFormat) throws {
    let expected = try Fixture.expectation(name)
    let file = try WeightFile(contentsOf: Fixture.url(name))
    #expect(file.format == format)
    #expect(file.tensors.map(\.name) == expected.tensors.keys.sorted())
    #expect(file.metadata == expected.metadata)
    for tensor in file.tensors {
      let found = Fixture.Expectation.Tensor(
        type: tensor.elementType.rawValue, shape: tensor.shape.extents, values: try tensor.load())
      #expect(found == expected.tensors[tensor.name], "\(tensor.name)")
    }
  }

  @Test func theNameOfAFileDoesNotMatter() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write(Fixture.bytes("mixed.safetensors"), as: "weights.pth")
    #expect(try WeightFile(contentsOf: url).format == .safetensors)
  }

  @Test func aTensorIsFoundByName() throws {
    let file = try WeightFile(contentsOf: Fixture.url("few.safetensors"))
    #expect(file["b"]?.shape == [4])
    #expect(file["d"] == nil)
  }

  @Test func loadsIntoMemoryOfTheCaller() throws {
    let file = try WeightFile(contentsOf: Fixture.url("few.safetensors"))
    var values = [Float](repeating: -1, count: 4)
    try values.withUnsafeMutableBufferPointer { try file["b"]?.load(into: $0) }
    #expect(values == [0, 1, 2, 3])
  }

  @Test func tensorsOutliveTheirFile() throws {
    func tensor() throws -> StoredTensor? {
      let folder = try TemporaryFolder()
      let url = try folder.write(Fixture.bytes("few.safetensors"))
      return try WeightFile(contentsOf: url)["b"]
    }
    #expect(try tensor()?.load() == [0, 1, 2, 3])
  }
}
