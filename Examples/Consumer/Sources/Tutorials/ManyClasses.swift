import Graft

extension Tutorials {
  /// Hidden units and a softmax on a frozen ResNet50, with photos held out.
  static func tellManyClasses(in folder: String) async throws {
    let photos = try ImageFolder(folder).split(validation: 0.2)
    let base = try await Backbone.resNet50(weights: .imageNet)
    let model = Model(classNames: photos.classes) {
      base
      Flatten()
      Dense(128, activation: .relu)
      Dense(photos.classes.count)  // The loss takes the softmax, and so do predictions.
    }
    let learner = try Learner(
      model, freezing: .allOf(base), loss: .crossEntropy, optimizer: .adam(1e-4))
    try await learner.fit(photos.training, validation: photos.validation, epochs: 10) { event in
      if case .epoch(let record) = event { print(record) }
    }
  }
}
