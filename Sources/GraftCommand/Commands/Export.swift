import ArgumentParser
import Foundation
import Graft

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model in a format of others: ONNX, safetensors, Keras.",
    discussion: """
      Preprocessing and class names go into the file's metadata, where the format has any. Keras \
      reads .weights.h5 into the same network of keras.applications.
      """)

  @Argument(help: "A model that `graft train` wrote; without one, a backbone.")
  var bundle: String?

  @OptionGroup var network: BackboneOptions

  @Flag(help: "Leave out the classifier of a backbone.")
  var noTop = false

  @Option(help: "onnx, safetensors or keras (.weights.h5).")
  var format: Format

  @Option(help: "Names and layout of tensors in safetensors: torch or keras.")
  var names = WeightNames.torch

  @Option(help: "The order of axes of images in ONNX: nchw or nhwc.")
  var inputLayout = ImageAxes.nchw

  @Option(help: "The file to write.")
  var output: String

  @Option(help: "Decides the values of random weights.")
  var seed: UInt64 = 0

  enum Format: String, CaseIterable, ExpressibleByArgument { case onnx, safetensors, keras }

  func validate() throws {
    guard format != .keras || output.hasSuffix(".weights.h5") else {
      throw ValidationError(
        "Keras reads weights from names that end in .weights.h5 only, not from '\(output)'")
    }
  }

  func run() async throws {
    guard let bundle else {
      let base = try await network.makeBackbone(includesTop: !noTop, terminal: Terminal())
      var model = Model(base)
      if base.includesTop, base.weights != nil { model.classNames = ImageNetClasses.names }
      return try write(Learner(model, device: CPUDevice(), seed: seed).exported())
    }
    switch try TrainedModel(bundle: bundle, device: CPUDevice()) {
    case .pictures(let learner): try write(learner.exported())
    case .texts(let learner):
      for (option, isGiven) in [
        ("--format keras", format == .keras), ("--names keras", names == .keras),
        ("--input-layout", inputLayout != .nchw),
      ] where isGiven {
        throw ValidationError("\(option) is for models of pictures, but \(bundle) reads texts")
      }
      try write(learner.exported())
    }
  }

  private func write(_ export: ModelExport) throws {
    let url = URL(fileURLWithPath: output)
    switch format {
    case .onnx: try export.writeONNX(inputLayout, to: url)
    case .safetensors: try export.writeSafetensors(names, to: url)
    case .keras: try export.writeKeras(to: url)
    }
    Terminal.show("\(export.model.name): \(url.path)")
  }
}

extension ImageAxes: ExpressibleByArgument {}
