import Foundation
import Graft

extension Tutorials {
  /// A folder of photos, a fifth of them held out, through a frozen VGG16 with 512 hidden units; then one
  /// photo told apart, and the model taken away.
  static func trainOnDirectory(_ folder: String) async throws {
    let photos = try ImageFolder(folder).split(validation: 0.2)
    let base = try await Backbone.vgg16(weights: .imageNet)
    let model = Model(classNames: photos.classes) {
      base
      Flatten()
      Dense(512, activation: .relu)
      Dense(photos.classes.count)
    }
    let learner = try Learner(model, freezing: .allOf(base))
    try await learner.fit(photos, epochs: 10, augmentation: .standard, patience: 3, keepsBest: true)
    let answer = try await learner.predict([photos.validation.sample(at: 0)])[0]
    print(photos.classes[answer.predicted], answer.probability)
    try learner.save(to: URL(fileURLWithPath: "directory.graft"))
  }
}
