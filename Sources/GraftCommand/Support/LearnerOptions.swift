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

  func makeModel(_ shared: SharedOptions) async throws -> TrainedModel {
    let device = try shared.openDevice()
    let model: TrainedModel
    if let bundle {
      model = try TrainedModel(bundle: bundle, device: device)
    } else {
      let base = try await network.makeBackbone()
      let chain = Model {
        base
        GlobalAveragePooling()
        Dense(classes)
      }
      model = .pictures(try Learner(chain, device: device, seed: shared.seed))
    }
    switch model {
    case .pictures(let learner): learner.freezing = plan
    case .texts(let learner): learner.freezing = plan
    }
    return model
  }

  private var plan: FreezePlan {
    switch freeze {
    case "backbone": .backbone
    case "none": .none
    default: .upTo(freeze)
    }
  }
}
