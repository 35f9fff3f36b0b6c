import ArgumentParser
import Foundation
import Graft

struct Features: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What named layers give for photos, or for a prepared tensor.",
    discussion: """
      Layers go by PyTorch's names (layer4, features.29) or by Keras's (conv4_block6_out). Besides \
      them there are `pooled`, the means of the last map, and the classifier's `logits`; `stages` \
      stands for the last map of each size. The result is a \
      safetensors file with a tensor of each layer's name; for photos also a JSON file beside it \
      that lists them in order. It is written while features come, so memory does not grow with the \
      number of photos. A photo that can't be read has no row, is named on standard error (and in \
      `errors` with --json), and the exit status is 65.
      """)

  @Option(help: "A model that `graft train` wrote, in place of --backbone.")
  var bundle: String?

  @OptionGroup var network: BackboneOptions

  @Option(help: "A safetensors file with the tensor `input`, already preprocessed.")
  var input: String?

  @Option(help: "The order of axes of that tensor and of the result: nchw or nhwc.")
  var inputLayout = ImageLayout.nhwc

  @Option(help: "Names of layers, separated by commas.")
  var layers: String

  @Option(help: "The file to write.")
  var output: String

  @Option(help: "Images in one step.")
  var batchSize = 32

  @OptionGroup var files: PictureArguments

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    var output: String
    var sampleCount: Int
    var shapes: [String: [Int]]
    /// The photos that could not be read.
    var errors: [PictureFailure]
  }

  func validate() throws {
    guard (input == nil) != files.photos.isEmpty else {
      throw ValidationError("give either --input FILE or photos")
    }
    guard layers.contains(where: { $0 != "," }) else {
      throw ValidationError("--layers takes names of layers, separated by commas")
    }
    try Limits.require("--batch-size", batchSize, in: Limits.extent)
  }

  func run() async throws {
    let names = try layers.split(separator: ",").flatMap {
      $0 == "stages" ? try stageNames() : [String($0)]
    }
    var seen: Set<String> = []
    let job = try await FeatureJob(self, layers: names.filter { seen.insert($0).inserted })
    let (shapes, sampleCount, failures) = try await job.run()
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      Terminal.show("\(name): \(shape.map(String.init).joined(separator: "×"))")
    }
    if shared.json {
      try Terminal.printJSON(
        Result(output: output, sampleCount: sampleCount, shapes: shapes, errors: failures))
    }
    try ExitCode.check(failures)
  }
}

extension Features {
  /// The endpoints that hold the last map of each size.
  private func stageNames() throws -> [String] {
    guard let bundle else { return try Backbone.named(network.backbone).stageNames }
    let learner = try TrainedModel.ofPictures(bundle, device: shared.openDevice())
    return learner.model.backbone?.stageNames ?? []
  }
}

/// The order of the axes of image tensors.
enum ImageLayout: String, CaseIterable, ExpressibleByArgument { case nchw, nhwc }
