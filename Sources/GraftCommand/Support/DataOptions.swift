import ArgumentParser
import Graft

/// Where photos come from and what is done to them.
struct DataOptions: ParsableArguments {
  @Option(
    help: """
      The share of photos held out for validation where there is no val/ folder; 0 trains on all.
      """)
  var validation = 0.2

  @Option(help: "fail lists all unreadable photos and stops; skip goes on without them.")
  var onBadImage = BadImagePolicy.fail

  @Option(
    help: """
      What it means where all subfolders hold folders of the same names: fail takes them for parts of a \
      split and stops; ignore takes the subfolders for classes.
      """)
  var sharedSubfolders = ImageFolder.SharedSubfolders.fail

  @Option(
    help: """
      On training photos only: none, mirror (each photo mirrored as well; features can be kept), \
      flip (at random), or standard (random crops and flips).
      """)
  var augment = AugmentationName.none

  @Option(
    help: """
      How much photos of each class count: `balanced`, so that all classes count the same in sum, or a \
      file with a weight for each, as JSON (an object of names and numbers) or CSV (lines of name, \
      weight). The loss that is reported counts them so, too.
      """)
  var classWeights: String?

  /// The weights of the classes of training samples; empty for 1 each.
  ///
  /// - Throws: ``ClassWeightError``; ``ClassWeightFileError``.
  func classWeights(for samples: some ClassifiedDataset) throws -> [Float] {
    switch classWeights {
    case nil: return []
    case "balanced": return try ClassWeights.balanced.values(for: samples)
    case let path?:
      let file = ClassWeightFile(path: path)
      let weights = try file.weights(for: samples.classes)
      do {
        return try ClassWeights.named(weights).values(for: samples)
      } catch {
        throw file.error("\(error)")
      }
    }
  }

  enum AugmentationName: String, CaseIterable, ExpressibleByArgument {
    case none, mirror, flip, standard

    var augmentation: Augmentation? {
      switch self {
      case .none, .mirror: nil
      case .flip: .flip
      case .standard: .standard
      }
    }
  }
}

extension BadImagePolicy: ExpressibleByArgument {}
extension ImageFolder.SharedSubfolders: ExpressibleByArgument {}
