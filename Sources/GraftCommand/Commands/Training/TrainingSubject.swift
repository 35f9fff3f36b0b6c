import Foundation
import Graft

/// What a training is about: pictures, texts. All that `graft train` does is the same but for this.
@MainActor
protocol TrainingSubject {
  associatedtype Goal: LearningTask

  /// What samples are called: "photos".
  static var noun: String { get }
  /// What a network takes in a second: "images".
  static var unit: String { get }

  /// Reads the data as far as that is to be done before training, and puts a new head on the network.
  ///
  /// - Throws: Where options are not for such data, or data, weights and network don't fit.
  init(_ options: Train, terminal: Terminal) async throws

  var learner: Learner<Goal> { get }
  /// The name of the network.
  var backbone: String { get }
  var hasWeights: Bool { get }
  var classes: [String] { get }
  var trainingCount: Int { get }
  var validationCount: Int { get }
  /// How many samples can't be read.
  var skippedCount: Int { get }
  /// Empty for 1 each.
  var classWeights: [Float] { get }
  /// What the data are, in lines.
  var description: [String] { get }

  func trainingFeed() throws -> BatchLoader
  /// `nil` where nothing is held out.
  func validationFeed() throws -> BatchLoader?
  /// Writes the report on what is held out.
  func report(notes: [(label: String, value: String)], to url: URL) async throws
}
