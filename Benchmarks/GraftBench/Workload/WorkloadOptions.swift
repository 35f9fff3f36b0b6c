import ArgumentParser
import Foundation
import Graft

/// Which network on which images, and what of it trains.
struct WorkloadOptions: ParsableArguments {
  @Option(help: "The pretrained network.")
  var backbone = "resnet50"

  @Option(help: "Images in one step.")
  var batch = 32

  @Option(help: "A text encoder instead: its model.safetensors, beside its config.json.")
  var encoder: String?

  @Option(help: "Tokens of a text.")
  var length = 128

  @Option(help: "Height and width of the images, in pixels; by default the network's own.")
  var size: Int?

  @Option(help: "What stands on the backbone: gap (pooling, dense) or flatten:UNITS.")
  var head = Head.pooled

  @Option(help: "The number of classes.")
  var classes = 10

  @Option(help: "How gradients move parameters: adam, adamw or sgd (momentum 0.9).")
  var optimizer = Optimizer.Method.adam

  @Option(help: "The learning rate.")
  var rate: Float = 1e-3

  @Option(help: "Weights of the backbone, from a file of any format; random by default.")
  var weights: String?

  @Option(help: "Where to run: cpu, opencl or opencl:N.")
  var device = DeviceChoice.cpu

  /// What stands on a backbone.
  enum Head: ExpressibleByArgument {
    case pooled
    case flattened(units: Int)

    init?(argument: String) {
      if argument == "gap" {
        self = .pooled
      } else if argument.hasPrefix("flatten:"),
        let units = Int(argument.dropFirst("flatten:".count)), units > 0
      {
        self = .flattened(units: units)
      } else {
        return nil
      }
    }

    var defaultValueDescription: String { "gap" }
  }

  func validate() throws {
    guard batch > 0, classes > 0, length > 2 else {
      throw ValidationError("--batch and --classes must be at least 1, --length at least 3")
    }
  }

  /// The text encoder, where that is what is measured.
  func makeEncoder() throws -> TextEncoder? {
    try encoder.map {
      var encoder = try TextEncoder(contentsOf: URL(fileURLWithPath: $0))
      encoder.length = min(length, encoder.longestText)
      return encoder
    }
  }

  func makeModel() throws -> Model {
    if let encoder = try makeEncoder() {
      return Model(TextClassifier(encoder, outputCount: classes, dropout: 0), name: "text")
    }
    var network = try Backbone.named(backbone)(inputSize: size.map { Extent2D($0) })
    if let weights { network = try network.loading(URL(fileURLWithPath: weights)) }
    switch head {
    case .pooled:
      return Model {
        network
        GlobalAveragePooling()
        Dense(classes)
      }
    case .flattened(let units):
      return Model {
        network
        Flatten()
        Dense(units, activation: .relu)
        Dense(classes)
      }
    }
  }

  func makeOptimizer() -> Optimizer {
    switch optimizer {
    case .sgd: .sgd(rate, momentum: 0.9)
    case .adam: .adam(rate)
    case .adamW: .adamW(rate)
    }
  }
}

extension DeviceChoice: ExpressibleByArgument {
  public init?(argument: String) {
    guard let choice = try? DeviceChoice(argument) else { return nil }
    self = choice
  }

  public var defaultValueDescription: String { description }
}

extension Optimizer.Method: ExpressibleByArgument {}
