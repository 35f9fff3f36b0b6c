import Foundation
import Graft
import GraftLanguage
import LanguageComparison
import Testing

/// Tiny encoders are transformers' at every layer, and so are their gradients, padding included.
@Suite struct TextEncoderTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/language")
  static let devices: [DeviceChoice] =
    [.cpu] + ((try? OpenCLDevice.all()) ?? []).indices.map { .openCL($0) }

  @Test(arguments: devices, ["bert", "roberta", "distilbert"])
  func equalsTransformers(_ device: DeviceChoice, _ name: String) throws {
    let test = try LanguageCase(contentsOf: Self.folder.appending(path: name))
    let entries = try test.entries(on: device.open())
    #expect(entries.count == test.parameterCount + (name == "distilbert" ? 5 : 6))
    for entry in entries where !(entry.error <= 1e-4) {
      Issue.record("\(entry.name) is off by \(entry.error)")
    }
  }

  @Test func sizesComeFromTheFile() throws {
    let encoder = try TextEncoder(contentsOf: weights("bert"))
    #expect(encoder.configuration.family == .bert)
    #expect(encoder.configuration.vocabularyCount == 37)
    #expect(encoder.configuration.channels == 16 && encoder.configuration.innerChannels == 24)
    #expect(encoder.configuration.layerCount == 2 && encoder.configuration.headCount == 2)
    #expect(encoder.longestText == 12 && encoder.configuration.hasPooler)
    let roberta = try TextEncoder(contentsOf: weights("roberta"))
    #expect(roberta.configuration.family == .roberta && roberta.longestText == 12)
    #expect(roberta.inputs["token_type_ids"] == nil && encoder.inputs["token_type_ids"] != nil)
    let distilled = try TextEncoder(contentsOf: weights("distilbert"))
    #expect(distilled.configuration.family == .distilbert && !distilled.configuration.hasPooler)
  }

  @Test(arguments: [
    (TextEncoder.Configuration.bertBase, 109_482_240), (.bertLarge, 335_141_888),
    (.miniLML6, 22_713_216), (.distilBERT, 66_362_880), (.roBERTaBase, 124_645_632),
  ])
  func publishedSizesHaveAsManyParameters(
    _ configuration: TextEncoder.Configuration, _ count: Int
  ) throws {
    let parameters = try TextEncoder(configuration).parameters()
    #expect(parameters.reduce(0) { $0 + $1.type.shape.count } == count)
  }

  @Test func idsOutsideTheVocabularyAreRefusedBeforeAStep() throws {
    let encoder = try TextEncoder(contentsOf: weights("bert"))
    let builder = GraphBuilder()
    let inputs = encoder.inputs.inputs(batchSize: 1, of: builder)
    let outputs = encoder.trace(inputs, in: Scope(builder))
    builder.output(outputs["mean", Scope(builder)], as: "mean")
    let store = ParameterStore()
    let graph = try builder.finish().pruned()
    store.initialize(graph.parameters, seed: 1)
    let compiled = try DeviceChoice.cpu.open().makeSession(parameters: store).compile(graph)
    func write(_ last: Int32) throws {
      let ids = Array(repeating: Int32(36), count: 11) + [last]
      try ids.withUnsafeBytes { try compiled.write($0, to: "input_ids") }
    }
    try write(0)
    for number: Int32 in [37, -1] {
      let error = #expect(throws: ExecutableError.self) { try write(number) }
      #expect(error?.description.contains("'input_ids' has \(number)") == true)
    }
  }

  @Test func textsLongerThanThePositionsAreRefused() throws {
    var encoder = try TextEncoder(contentsOf: weights("bert"))
    encoder.length = 13
    let builder = GraphBuilder()
    let inputs = encoder.inputs.inputs(batchSize: 1, of: builder)
    _ = encoder.trace(inputs, in: Scope(builder))
    let error = #expect(throws: GraphError.self) { try builder.finish() }
    #expect(error?.description.contains("up to 12 places, not 13") == true)
  }

  @Test func headsThatNoFileTellsAreAskedFor() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "graft-encoder-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appending(path: "weights.safetensors")
    try FileManager.default.copyItem(at: weights("bert"), to: copy)
    let error = #expect(throws: TextEncoderError.self) { try TextEncoder(contentsOf: copy) }
    #expect(error?.description.contains("headCount") == true)
    #expect(try TextEncoder(contentsOf: copy, headCount: 4).configuration.headCount == 4)
  }

  private func weights(_ name: String) -> URL {
    Self.folder.appending(path: "\(name)/weights.safetensors")
  }
}
