import Foundation
import GraftGraph
import GraftWeights
import Testing

@Suite("Files of Keras, HDF5 and ONNX hold what was written")
struct KerasFileTests {
  static let files: [(String, WeightFormat)] = [
    ("keras.weights.h5", .hdf5), ("keras.keras", .keras), ("keras_deflated.keras", .keras),
    ("keras_unnamed.weights.h5", .hdf5), ("keras_model.h5", .hdf5), ("keras2.h5", .hdf5),
    ("keras1.h5", .hdf5), ("hdf5_chunked.h5", .hdf5), ("hdf5_types.h5", .hdf5),
    ("hdf5_latest.h5", .hdf5), ("hdf5_loop.h5", .hdf5), ("small.onnx", .onnx),
    ("typed.onnx", .onnx),
  ]

  @Test(arguments: files)
  func readsEveryTensor(name: String, format: WeightFormat) throws {
    let expected = try #require(try Fixture.expectations("keras_expected.json")[name])
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

  @Test(arguments: [
    ("hdf5_dense.h5", WeightFileError.Problem.unsupported), ("hdf5_sparse.h5", .unsupported),
    ("external.onnx", .unsupported),
  ])
  func whatIsRefused(name: String, problem: WeightFileError.Problem) throws {
    let error = try #require(throws: WeightFileError.self) { try readAll(Fixture.url(name)) }
    #expect(error.problem == problem)
  }

  @Test(arguments: ["keras.weights.h5", "keras.keras", "hdf5_chunked.h5", "hdf5_latest.h5"])
  func everyTruncationIsNoticed(name: String) throws {
    let bytes = try Fixture.bytes(name)
    for count in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 200)) {
      #expect(try readingError(Array(bytes[..<count])) != nil, "\(count) bytes")
    }
  }

  @Test(arguments: [
    "keras.weights.h5", "keras_deflated.keras", "keras2.h5", "hdf5_chunked.h5", "hdf5_types.h5",
    "hdf5_latest.h5", "small.onnx", "typed.onnx",
  ])
  func damageEndsInAnErrorOrInNumbers(name: String) throws {
    var damage = Damage(seed: 9)
    #expect(try damage.refusalCount(Fixture.bytes(name), rounds: 300) > 0)
  }
}

@Suite("Files of Keras take Graft's layout and back")
struct KerasMapTests {
  static let parameters = [
    WeightMapTests.parameter("conv1.weight", [1, 3, 3, 4], .convolutionKernel),
    WeightMapTests.parameter("bn1.weight", [4], .normalizationScale),
    WeightMapTests.parameter("bn1.bias", [4], .normalizationShift),
    WeightMapTests.parameter("bn1.running_mean", [4], .runningMean),
    WeightMapTests.parameter("bn1.running_var", [4], .runningVariance),
    WeightMapTests.parameter("depthwise.weight", [3, 3, 1, 8], .depthwiseKernel),
    WeightMapTests.parameter("depthwise.bias", [8], .bias),
    WeightMapTests.parameter("bn2.bias", [8], .normalizationShift),
    WeightMapTests.parameter("bn2.running_mean", [8], .runningMean),
    WeightMapTests.parameter("bn2.running_var", [8], .runningVariance),
    WeightMapTests.parameter("conv2.weight", [1, 1, 8, 2], .convolutionKernel),
    WeightMapTests.parameter("conv2.bias", [2], .bias),
    WeightMapTests.parameter(
      "fc.weight", [4, 3], .flattenedDenseKernel(height: 2, width: 1, channels: 2)),
    WeightMapTests.parameter("fc.bias", [3], .bias),
  ]

  static let layers = [
    KerasLayer("conv1_conv", "conv1"), KerasLayer("conv1_bn", "bn1"),
    KerasLayer("depthwise", "depthwise"), KerasLayer("batch_normalization", "bn2"),
    KerasLayer("conv2d", "conv2"), KerasLayer("predictions", "fc"),
  ]

  @Test(arguments: ["keras.weights.h5", "keras.keras", "keras_unnamed.weights.h5"])
  func everyTensorFindsItsParameter(name: String) throws {
    let expectations = try Fixture.expectations("keras_expected.json")
    let expected = try #require(expectations["keras network in Graft's layout"]).tensors
    let map = WeightMap.keras(Self.layers, parameters: Self.parameters)
    let assignment = try map.assign(
      WeightFile(contentsOf: Fixture.url(name)), to: Self.parameters)
    #expect(assignment.tensors.count == expected.count)
    for (path, tensor) in assignment.tensors {
      #expect(tensor.shape.extents == expected[path.description]?.shape)
      #expect(try tensor.load() == expected[path.description]?.values, "\(path)")
    }
  }

  @Test func writingIsTheInverse() throws {
    let original = try WeightFile(contentsOf: Fixture.url("keras.weights.h5"))
    let map = WeightMap.keras(Self.layers, parameters: Self.parameters)
    let assignment = try map.assign(original, to: Self.parameters)
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("copy.weights.h5")
    try KerasWriter.write(Self.layers, parameters: Self.parameters, to: url) { parameter in
      try assignment[parameter.path]?.load() ?? []
    }
    let copy = try WeightFile(contentsOf: url)
    #expect(copy.tensors.map(\.name) == original.tensors.map(\.name))
    for tensor in copy.tensors {
      #expect(try tensor.load() == original[tensor.name]?.load(), "\(tensor.name)")
    }
    #expect(copy["predictions/kernel"]?.shape == [4, 3])
    #expect(copy["depthwise/kernel"]?.shape == [3, 3, 8, 1])
    #expect(try folder.names == ["copy.weights.h5"])
  }

  @Test func pixelsCanBeNormalizedByALayer() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("copy.weights.h5")
    try KerasWriter.write(
      Self.layers, parameters: Self.parameters, normalization: ([1, 2, 3], [4, 5, 6]), to: url
    ) { [Float](repeating: 0, count: $0.type.shape.count) }
    let copy = try WeightFile(contentsOf: url)
    #expect(try copy["normalization/mean"]?.load() == [1, 2, 3])
    #expect(try copy["normalization/variance"]?.load() == [4, 5, 6])
    #expect(copy["normalization/count"]?.shape == [])
  }

  @Test func aParameterWithoutALayerIsNotForgotten() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("copy.weights.h5")
    let error = try #require(throws: WeightMismatch.self) {
      try KerasWriter.write(Array(Self.layers.dropLast()), parameters: Self.parameters, to: url) {
        [Float](repeating: 0, count: $0.type.shape.count)
      }
    }
    #expect(error.missing == ["fc.weight", "fc.bias"])
    #expect(try folder.names.isEmpty)
  }
}
