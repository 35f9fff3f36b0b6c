import ArgumentParser
import Foundation
import Graft

struct Classify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "ImageNet's classes of photos, by a pretrained network as it is.",
    discussion: """
      Weights are fetched where they are not at hand (see `graft weights`). For a model that you \
      trained, use `graft predict`. A photo that can't be read is named on standard error (and in \
      `errors` with --json), the others are answered for, and the exit status is 65.
      """)

  @OptionGroup var files: PictureArguments

  @Option(help: "How many classes to show for each photo.")
  var top = 5

  @OptionGroup var network: BackboneOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var shared: SharedOptions

  private struct Result: Encodable {
    struct Answer: Encodable {
      var index: Int
      var `class`: String
      var probability: Float
    }
    struct Photo: Encodable {
      var path: String
      var classes: [Answer]
    }
    var backbone: String
    var photos: [Photo]
    /// The photos that could not be read.
    var errors: [PictureFailure]
  }

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top takes a number from 1 on") }
    guard !files.photos.isEmpty else { throw ValidationError("name at least one photo") }
  }

  func run() async throws {
    let terminal = Terminal()
    var model = Model(try await makeBackbone(terminal))
    model.classNames = ImageNetClasses.names
    let learner = try Learner(
      model, preprocessing: pictures.adjusted(model.preprocessing),
      device: shared.openDevice(), seed: shared.seed)
    let pictures = files.pictures()
    let (answers, unreadable) = try await learner.predict(readable: pictures.paths)
    let found = answers.map { answer in
      Result.Photo(
        path: pictures.paths[answer.sample],
        classes: answer.top(top).map {
          Result.Answer(
            index: $0, class: model.classNames[$0], probability: answer.probabilities[$0])
        })
    }
    let failures = pictures.failures(unreadable)
    try files.tell(failures)
    show(found, on: terminal)
    if shared.json {
      try Terminal.printJSON(
        Result(backbone: network.backbone, photos: found, errors: failures))
    }
    try ExitCode.check(failures)
  }

  private func show(_ found: [Result.Photo], on terminal: Terminal) {
    for photo in found {
      terminal.say(photo.path)
      let rows = photo.classes.map { ["  \($0.class)", Format.percent($0.probability)] }
      for line in Format.table(rows) { terminal.say(line) }
    }
  }

  private func makeBackbone(_ terminal: Terminal) async throws -> Backbone {
    var network = network
    network.weights = network.weights ?? "imagenet"
    do {
      return try await network.makeBackbone(includesTop: true, terminal: terminal)
    } catch let mismatch as WeightMismatch {
      let classifier = try Backbone.named(network.backbone).recipe.classifier
      guard let shape = mismatch.shape(of: classifier) else { throw mismatch }
      throw ClassifyError.otherClasses(file: mismatch.file, shape: shape)
    }
  }
}

/// Weights that are not for ImageNet's classes.
enum ClassifyError: Error, CustomStringConvertible {
  case otherClasses(file: String, shape: Shape?)

  var description: String {
    switch self {
    case .otherClasses(let file, let shape):
      (shape.map { "\(file): its classifier has the shape \($0), not one for 1000 classes" }
        ?? "\(file): it has no classifier")
        + "; ImageNet's classes need the classifier that was trained on them. Put a head of your "
        + "own on the network with `graft train`, and use `graft predict`"
    }
  }
}

extension WeightMismatch {
  /// Whether nothing but the classifier doesn't fit: its shape in the file, nil in nil for none.
  fileprivate func shape(of classifier: [String]) -> Shape?? {
    func isInClassifier(_ path: ParameterPath) -> Bool {
      classifier.contains { path.description.hasPrefix($0 + ".") }
    }
    guard count == missing.count + wrongShapes.count, missing.allSatisfy(isInClassifier),
      wrongShapes.allSatisfy({ isInClassifier($0.path) })
    else { return nil }
    return .some(wrongShapes.map(\.found).max { $0.count < $1.count })
  }
}
