import ArgumentParser
import Graft

/// What of a model trains.
enum FreezeLevel: Equatable, ExpressibleByArgument, CustomStringConvertible {
  /// What stands on the backbone.
  case backbone
  /// Everything.
  case none
  /// Nothing: only predictions can be made.
  case all
  /// A layer and all that follow.
  case before(layer: String)

  init?(argument: String) {
    switch argument {
    case "backbone": self = .backbone
    case "none": self = .none
    case "all": self = .all
    case "": return nil
    default: self = .before(layer: argument)
    }
  }

  var description: String {
    switch self {
    case .backbone: "backbone"
    case .none: "none"
    case .all: "all"
    case .before(let layer): layer
    }
  }

  var plan: FreezePlan {
    switch self {
    case .backbone: .backbone
    case .none: .none
    case .all: .where { _ in true }
    case .before(let layer): .upTo(layer)
    }
  }
}
