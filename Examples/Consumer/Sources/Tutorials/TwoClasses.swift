import Graft

extension Tutorials {
  /// Feature extraction, then fine-tuning: a new head on a frozen VGG16, then the last layers at a low rate.
  static func tellTwoClasses(in folder: String) async throws {
    let photos = try ImageFolder(folder).split(validation: 0.2)
    let base = try await Backbone.vgg16(weights: .imageNet)
    let model = Model(inputSize: 150, classNames: photos.classes) {
      base
      Flatten()
      Dense(256, activation: .relu)
      Dense(1)  // The loss takes the sigmoid, and so do predictions.
    }
    let learner = try Learner(
      model, freezing: .allOf(base), loss: .binaryCrossEntropy, optimizer: .adam(1e-4))
    try await learner.fit(photos, epochs: 5)

    learner.freezing = .allButLast(5)
    learner.optimizer = .adam(1e-5)
    print(try await learner.fit(photos, epochs: 5))
  }
}
