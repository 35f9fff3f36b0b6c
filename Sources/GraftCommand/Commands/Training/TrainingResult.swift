/// What `graft train --json` prints.
struct TrainingResult: Encodable {
  struct Phase: Encodable {
    var name: String
    var accuracy: Float?
    /// Absent without held-out photos.
    var loss: Float?
    var imagesPerSecond: Double
    /// How many passes were made.
    var epochs: Int
    /// The number of the pass with the least validation loss, counted through all phases.
    var bestEpoch: Int?
    /// Whether --patience ran out.
    var stoppedEarly: Bool
  }
  var backbone: String
  var classes: [String]
  var trainingCount: Int
  var validationCount: Int
  var skippedCount: Int
  /// The weight of each class, in their order; absent where all count the same.
  var classWeights: [Float]?
  var phases: [Phase]
  /// After the head was trained, on photos never trained on.
  var headOnlyAccuracy: Float?
  /// After fine-tuning; absent without.
  var fineTunedAccuracy: Float?
  /// At the end.
  var accuracy: Float?
  var loss: Float?
  /// The pass whose values the model has, counted through all phases; absent where it has those that
  /// it started with.
  var keptEpoch: Int?
  var bytesSavedByFreezing: Int
  var imagesPerSecond: Double
  var seconds: Double
  var wasInterrupted: Bool
  /// What went wrong where training led to no numbers any more, and the best pass before was saved.
  var diverged: String?
  var bundle: String
  var report: String?
}
