import ArgumentParser
import Foundation
import Graft

struct WeightsConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a weight file of any format as safetensors, with all names checked.")

  @Argument(help: "A file of any format that Graft reads.")
  var file: String

  @Option(help: "The network that it is for (see `graft backbones`).")
  var backbone: String

  @Option(help: "Names and layout of the tensors: torch or keras.")
  var names = WeightNames.torch

  @Option(help: "The file to write.")
  var output: String

  func run() throws {
    let network = try Self.loading(URL(fileURLWithPath: file), into: Backbone.named(backbone))
    Notes.tell(of: network)
    let learner = try Learner(Model(network), device: CPUDevice())
    try learner.exported().writeSafetensors(names, to: URL(fileURLWithPath: output))
    let content = network.includesTop ? "with" : "without"
    Terminal.show(
      "\(output): \(network.name), as \(network.variant.source.rawValue) builds it, "
        + "\(content) the classifier")
  }

  /// The network with all that the file has, whether that includes a classifier or not.
  private static func loading(_ file: URL, into backbone: Backbone) throws -> Backbone {
    do {
      return try backbone(includesTop: true).loading(file)
    } catch let mismatch as WeightMismatch where mismatch.lacksOnly(backbone.recipe.classifier) {
      return try backbone.loading(file)
    }
  }
}

extension WeightMismatch {
  /// Whether nothing is amiss but that everything under these paths is missing.
  fileprivate func lacksOnly(_ prefixes: [String]) -> Bool {
    count == missing.count
      && missing.allSatisfy { path in
        prefixes.contains { path.description.hasPrefix($0 + ".") }
      }
  }
}

extension WeightNames: ExpressibleByArgument {}
