import ArgumentParser
import Foundation
import Graft

/// A bundle, or a backbone with a new head, and what of it is frozen.
struct LearnerOptions: ParsableArguments {
  @Argument(help: "A model that `graft train` wrote; without one, a backbone with a new head.")
  var bundle: String?

  @OptionGroup var network: BackboneOptions

  @Option(help: "What is frozen: backbone, none, or everything before a layer.")
  var freeze = "backbone"

  @Option(help: "Classes of the new head.")
  var classes = 10

  func validate() throws { try Limits.require("--classes", classes, in: 1...1 << 24) }

  func makeLearner(_ shared: SharedOptions) async throws -> Learner<ImageClassification> {
    let device = try shared.openDevice()
    let learner: Learner<ImageClassification>
    if let bundle {
      learner = try Learner(bundle: URL(fileURLWithPath: bundle), device: device)
    } else {
      let base = try await network.makeBackbone()
      let model = Model {
        base
        GlobalAveragePooling()
        Dense(classes)
      }
      learner = try Learner(model, device: device, seed: shared.seed)
    }
    switch freeze {
    case "backbone": learner.freezing = .backbone
    case "none": learner.freezing = .none
    default: learner.freezing = .upTo(freeze)
    }
    return learner
  }
}
