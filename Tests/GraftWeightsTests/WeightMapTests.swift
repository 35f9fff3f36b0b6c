import Foundation
import GraftGraph
import GraftWeights
import Testing

@Suite("Files of PyTorch take Graft's layout and back")
struct WeightMapTests {
  static func parameter(
    _ path: ParameterPath, _ shape: Shape, _ role: ParameterRole
  ) -> Parameter {
    Parameter(path: path, type: TensorType(shape), role: role, initializer: .constant(0))
  }

  /// The network of `make_weight_fixtures.py`.
  static func network(classes: Int = 3) -> [Parameter] {
    [
      parameter("conv1.weight", [1, 3, 3, 4], .convolutionKernel),
      parameter("bn1.weight", [4], .normalizationScale),
      parameter("bn1.bias", [4], .normalizationShift),
      parameter("bn1.running_mean", [4], .runningMean),
      parameter("bn1.running_var", [4], .runningVariance),
      parameter("depthwise.weight", [3, 3, 1, 8], .depthwiseKernel),
      parameter("depthwise.bias", [8], .bias),
      parameter(
        "fc1.weight", [48, 5], .flattenedDenseKernel(height: 2, width: 3, channels: 8)),
      parameter("fc1.bias", [5], .bias),
      parameter("fc.weight", [5, classes], .denseKernel),
      parameter("fc.bias", [classes], .bias),
    ]
  }

  static var backbone: [Parameter] {
    network().filter { !$0.path.description.hasPrefix("fc.") }
  }

  let file: WeightFile

  init() throws { file = try WeightFile(contentsOf: Fixture.url("network.pth")) }

  private func mismatch(_ body: () throws -> WeightAssignment) throws -> WeightMismatch {
    try #require(throws: WeightMismatch.self) { try body() }
  }

  @Test func everyLayoutIsPermuted() throws {
    let expected = try Fixture.expectation("network in Graft's layout").tensors
    let assignment = try WeightMap.torch.assign(file, to: Self.network())
    #expect(assignment.tensors.count == expected.count)
    for (path, tensor) in assignment.tensors {
      #expect(try tensor.load() == expected[path.description]?.values, "\(path)")
    }
    #expect(assignment["depthwise.weight"]?.shape == [3, 3, 1, 8])
    #expect(assignment["fc1.weight"]?.shape == [48, 5])
    #expect(assignment.ignored == ["bn1.num_batches_tracked"])
    #expect(assignment.fresh.isEmpty && assignment.dropped.isEmpty)
  }

  /// What `adapt_input_conv` of timm 1.0.31 makes of a kernel for three channels.
  @Test(arguments: [
    (1, [16, 115, 25, 142]), (2, [1.5, 33, 6, 55.5, 3, 43.5, 10.5, 69]),
    (
      4,
      [
        0.75, 16.5, 3, 27.75, 8.25, 42, 0.75, 16.5, 1.5, 21.75, 5.25, 34.5, 12, 50.25, 1.5, 21.75,
      ]
    ),
  ])
  func kernelsAreAdaptedToOtherChannels(channels: Int, expected: [Float]) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.safetensors")
    try SafetensorsWriter.write(
      [
        WritableTensor(name: "conv.weight", shape: [2, 3, 1, 2]) {
          [1, 2, 4, 7, 11, 16, 22, 29, 37, 46, 56, 67]
        }
      ], to: url)
    let parameter = Self.parameter("conv.weight", [1, 2, channels, 2], .convolutionKernel)
    let assignment = try WeightMap.torch.assign(
      WeightFile(contentsOf: url), to: [parameter], adaptingChannelsOf: parameter.path)
    let found = try #require(try assignment[parameter.path]?.load())
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func writingIsTheInverse() throws {
    let assignment = try WeightMap.torch.assign(file, to: Self.network())
    let tensors = WeightMap.torch.writableTensors(Self.network()) { parameter in
      try assignment[parameter.path]?.load() ?? []
    }
    #expect(tensors.count == file.tensors.count - 1)
    for tensor in tensors {
      #expect(tensor.shape == file[tensor.name]?.shape)
      #expect(try tensor.load() == file[tensor.name]?.load())
    }
  }

  @Test func theHeadIsAChoice() throws {
    let dropped = ["fc.bias", "fc.weight"]
    let withoutTop = try WeightMap.torch.assign(
      file, to: Self.backbone, head: .withoutTop(["fc"]))
    #expect(withoutTop.dropped == dropped)
    #expect(withoutTop.tensors.count == Self.backbone.count)

    let newClasses = try WeightMap.torch.assign(
      file, to: Self.network(classes: 7), head: .newClasses(["fc"]))
    #expect(newClasses.dropped == dropped)
    #expect(newClasses.fresh == ["fc.weight", "fc.bias"])

    let wrong = try mismatch { try WeightMap.torch.assign(file, to: Self.network(classes: 7)) }
    #expect(wrong.wrongShapes.map(\.path) == ["fc.bias", "fc.weight"])
    #expect(wrong.wrongShapes.last?.expected == [7, 5])
    #expect(wrong.wrongShapes.last?.found == [3, 5])
    #expect(wrong.hint?.contains("classifier") == true)

    let left = try mismatch { try WeightMap.torch.assign(file, to: Self.backbone) }
    #expect(left.leftOver == dropped)
  }

  @Test func classesArePickedByName() throws {
    let names = ["ant", "bee", "cat"]
    let assignment = try WeightMap.torch.assign(
      file, to: Self.network(classes: 2),
      head: .classes(["cat", "ant"], of: names, under: ["fc"]))
    let whole = try Fixture.expectation("network in Graft's layout").tensors
    let bias = try #require(whole["fc.bias"]?.values)
    #expect(try assignment["fc.bias"]?.load() == [bias[2], bias[0]])
    let kernel = try #require(whole["fc.weight"]?.values)
    let expected = (0..<5).flatMap { [kernel[$0 * 3 + 2], kernel[$0 * 3]] }
    #expect(assignment["fc.weight"]?.shape == [5, 2])
    #expect(try assignment["fc.weight"]?.load() == expected)
    let wrong = try mismatch {
      try WeightMap.torch.assign(
        file, to: Self.network(classes: 2),
        head: .classes(["dog", "ant"], of: names, under: ["fc"]))
    }
    #expect(wrong.unknownClasses == ["dog"])
  }

  @Test func everyDifferenceIsListed() throws {
    var parameters = Self.network()
    parameters[0].path = "stem.weight"
    parameters[5].type.shape = [5, 5, 1, 8]
    let wrong = try mismatch { try WeightMap.torch.assign(file, to: parameters) }
    #expect(wrong.missing == ["stem.weight"])
    #expect(wrong.leftOver == ["conv1.weight"])
    #expect(wrong.wrongShapes.map(\.path) == ["depthwise.weight"])
    let text = wrong.description
    for part in ["network.pth", "stem.weight", "conv1.weight", "8×1×5×5", "8×1×3×3"] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test(arguments: [
    ("ResNet34", ["layer4.0.conv1.weight"] + (0..<6).map { "layer3.\($0).conv1.weight" }),
    ("a VGG", ["features.0.weight", "features.2.weight", "features.5.weight"]),
    ("AlexNet", [0, 3, 6, 8, 10].map { "features.\($0).weight" }),
    ("MobileNetV2", ["features.0.0.weight", "features.1.conv.0.0.weight"]),
    ("DenseNet", ["features.denseblock1.denselayer1.norm1.weight"]),
    ("an EfficientNet", ["features.1.0.block.0.0.weight"]),
  ])
  func anotherArchitectureIsGuessed(network: String, names: [String]) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file")
    try SafetensorsWriter.write(
      names.map { WritableTensor(name: $0, shape: [1]) { [0] } }, to: url)
    let wrong = try mismatch {
      try WeightMap.torch.assign(WeightFile(contentsOf: url), to: Self.network())
    }
    #expect(wrong.hint?.contains(network) == true, "\(wrong.hint ?? "no hint")")
  }

  @Test func rulesRename() throws {
    let parameters = Self.network().map { parameter in
      var parameter = parameter
      var path = parameter.path.description
      if path.hasPrefix("bn1.") { path = "stem.norm." + path.dropFirst(4) }
      if path.hasPrefix("fc1.") { path = "head.fc1." + path.dropFirst(4) }
      parameter.path = ParameterPath(path == "fc.bias" ? "shift" : path)
      return parameter
    }
    var map = WeightMap.torch
    map.rules = [
      .prefix("bn1.", by: "stem.norm."), .expression(#"^(fc\d)"#, by: "head.$1"),
      .names(["fc.bias": "shift"]),
    ]
    let assignment = try map.assign(file, to: parameters)
    #expect(assignment["shift"]?.name == "fc.bias")
    map.rules.append(.names(["stem.norm.bias": "stem.norm.weight"]))
    #expect(try mismatch { try map.assign(file, to: parameters) }.ambiguous.count == 2)
  }

  @Test func wrappersAreTakenOff() throws {
    let checkpoint = try WeightFile(contentsOf: Fixture.url("checkpoint.pth"))
    let parameters = [
      Self.parameter("a.weight", [3, 2], .denseKernel), Self.parameter("a.bias", [2], .bias),
    ]
    let assignment = try WeightMap.torch.assign(checkpoint, to: parameters)
    #expect(assignment["a.weight"]?.name == "state_dict.module.a.weight")
    #expect(try assignment["a.weight"]?.load() == [0, 3, 1, 4, 2, 5])
  }

  @Test func graftsOwnLayoutMovesNothing() throws {
    for parameter in Self.network() {
      #expect(WeightLayout.graft.shape(of: parameter) == parameter.type.shape)
    }
    let depthwise = Self.parameter("d", [3, 3, 1, 8], .depthwiseKernel)
    #expect(WeightLayout.keras.shape(of: depthwise) == [3, 3, 8, 1])
    #expect(WeightLayout.torch.shape(of: depthwise) == [8, 1, 3, 3])
  }
}
