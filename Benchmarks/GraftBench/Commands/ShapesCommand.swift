import ArgumentParser
import Graft

/// Writes shape files.
struct ShapesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shapes",
    abstract: "Prints the shape file of a backbone, for `graft-bench operations`.")

  @Option(help: "The network, with its classifier.")
  var backbone = "resnet50"

  @Option(help: "Height and width of the images, in pixels; by default the network's own.")
  var size: Int?

  func run() throws {
    let network = try Backbone.named(backbone)(
      includesTop: true, inputSize: size.map { Extent2D($0) })
    let side = network.inputSize.height
    print("# \(network.recipe.title) at \(side) pixels: graft-bench shapes --backbone \(backbone)")
    for line in try ShapeLine.all(of: Model(network)) { print(line.text) }
  }
}
