import Foundation
import Graft

/// What tutorials on transfer learning show in Python, five programs of them:
///
///     Tutorials two-classes FOLDER        a frozen VGG16 with a sigmoid, then its last block with it
///     Tutorials many-classes FOLDER       a frozen ResNet50 with hidden units and a softmax
///     Tutorials notebook                  from noise in memory to an evaluated model and its curves
///     Tutorials directory FOLDER          a folder split into training and validation photos
///     Tutorials features FOLDER           pooled features, and those of layers in between
///
/// FOLDER holds a folder of photos for each class. Weights are fetched once.
@main
struct Tutorials {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let folder = arguments.dropFirst().first ?? ""
    switch arguments.first {
    case "two-classes": try await tellTwoClasses(in: folder)
    case "many-classes": try await tellManyClasses(in: folder)
    case "notebook": try await runNotebook()
    case "directory": try await trainOnDirectory(folder)
    case "features": try await extractFeatures(of: folder)
    default:
      print("usage: Tutorials two-classes|many-classes|notebook|directory|features [FOLDER]")
      exit(64)
    }
  }
}
