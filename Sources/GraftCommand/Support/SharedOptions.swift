import ArgumentParser
import Foundation
import Graft

/// What every command takes.
struct SharedOptions: ParsableArguments {
  @Option(help: "Where to run: auto, cpu, opencl or opencl:N (see `graft devices`).")
  var device = DeviceChoice.automatic

  @Option(help: "Decides everything random; equal seeds give equal runs.")
  var seed: UInt64 = 0

  @Flag(help: "Print one JSON object as the last line.")
  var json = false
}

extension DeviceChoice: ExpressibleByArgument {
  public init?(argument: String) {
    guard let choice = try? DeviceChoice(argument) else { return nil }
    self = choice
  }

  public var defaultValueDescription: String { description }
}

/// Which backbone, with which weights, at which size.
struct BackboneOptions: ParsableArguments {
  @Option(help: "The pretrained network (see `graft backbones`).")
  var backbone = "efficientnet-lite0"

  @Option(help: "Its weights: a .safetensors, .pth or other weight file, or `random`.")
  var weights: String?

  @Option(help: "Height and width of the images, in pixels; by default the network's own.")
  var size: Int?

  /// The network, with weights where a file is given.
  func makeBackbone(includesTop: Bool = false, classCount: Int? = nil) throws -> Backbone {
    let known = try Backbone.named(backbone)
    let network = known(
      includesTop: includesTop, classCount: classCount, inputSize: size.map { Extent2D($0) })
    guard let weights, weights != "random" else { return network }
    return try network.loading(URL(fileURLWithPath: weights))
  }
}

extension Loss {
  /// Binary cross-entropy for one output, softmax cross-entropy for more.
  static func forOutputs(_ count: Int) -> Loss { count == 1 ? .binaryCrossEntropy : .crossEntropy }
}
