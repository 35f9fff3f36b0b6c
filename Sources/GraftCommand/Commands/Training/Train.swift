import ArgumentParser
import Foundation
import Graft

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a new head on photos or texts, then fine-tune.",
    discussion: """
      A folder holds one folder per class, or train/ and val/ with one folder per class each: of \
      photos, or of .txt files. Texts may also be a table (.csv, .tsv) with a column of texts and one \
      of classes. \
      The backbone stays frozen while the head learns; with --fine-tune-from the layers from the \
      named one on then train as well, at a lower rate, or with --fine-tune-last the last few.

      Ctrl-C, SIGTERM and SIGHUP end training after the current step with everything saved; the exit \
      status is then 128 and the signal's number. Where the loss is no finite number any more, the \
      best pass so far is saved, and the exit status is 1.
      """)

  @Argument(help: "A folder with one folder per class, or a table of texts.")
  var directory: String

  @OptionGroup var network: BackboneOptions
  @OptionGroup var head: HeadOptions
  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var texts: TextOptions
  @OptionGroup var shared: SharedOptions

  @Option(help: "The folder that the trained model is written to.")
  var output: String

  @Option(help: "Where to write the report; `none` writes none [default: OUTPUT.html].")
  var report: String?

  @MainActor
  func run() async throws {
    switch DataKind(of: directory) {
    case .pictures: try await run(PictureTraining.self)
    case .texts: try await run(TextTraining.self)
    }
  }

  @MainActor
  private func run<Subject: TrainingSubject>(_ subject: Subject.Type) async throws {
    let job = try await TrainingJob<Subject>(self)
    let result = try await job.run()
    if shared.json { try Terminal.printJSON(result) }
    if let diverged = result.diverged {
      Terminal.complain("Error: \(diverged)")
      throw ExitCode.failure
    }
    if let status = job.interruptionStatus { throw ExitCode(status) }
  }

  func validate() throws {
    guard data.validation == 0 else { return }
    for (option, isGiven) in [
      ("--patience", recipe.patience != nil), ("--keep-best", recipe.keepBest),
    ] where isGiven && !ImageFolder.isSplit(at: directory) {
      throw ValidationError(
        "\(option) goes by the loss on held-out samples, and --validation 0 holds out none; leave one "
          + "of the two out")
    }
  }
}

/// The layers put on the backbone.
struct HeadOptions: ParsableArguments {
  enum Pooling: String, CaseIterable, ExpressibleByArgument { case average, maximum, flatten }

  @Option(help: "How the last feature map becomes a row: average, maximum or flatten.")
  var headPooling = Pooling.average

  @Option(help: "The units of a hidden dense layer with ReLU; 0 for none.")
  var headUnits = 0

  @Flag(
    help: """
      Where --weights names a trained model, start with its head: classes of the same name keep what \
      it knows of them.
      """)
  var keepHead = false

  @Option(help: "The share of features dropped before the last layer while training.")
  var dropout: Float = 0

  @Flag(
    help: """
      For two classes: one output and binary cross-entropy in place of two outputs and softmax.
      """)
  var binary = false

  func validate() throws {
    try Limits.require("--head-units", headUnits, in: 0...1 << 24)
    guard dropout >= 0, dropout < 1 else {
      throw ValidationError("--dropout takes a share from 0 on and below 1, not \(dropout)")
    }
  }

  /// One output, or one for each class.
  func outputCount(classes: [String]) throws -> Int {
    guard binary else { return classes.count }
    guard classes.count == 2 else {
      throw ValidationError(
        "--binary is for two classes, but there are \(classes.count): "
          + classes.joined(separator: ", "))
    }
    return 1
  }

  @LayerBuilder
  func layers(outputs: Int) -> [any Layer] {
    switch headPooling {
    case .average: GlobalAveragePooling()
    case .maximum: GlobalMaxPooling()
    case .flatten: Flatten()
    }
    if headUnits > 0 { Dense(headUnits, activation: .relu) }
    if dropout > 0 { GraftLayers.Dropout(dropout) }
    Dense(outputs)
  }
}

/// How to train.
struct RecipeOptions: ParsableArguments {
  @Option(help: "Passes over the training photos with the backbone frozen.")
  var epochs = 10

  @Option(help: "Photos in one step.")
  var batchSize = 32

  @Option(help: "The learning rate of the head.")
  var rate: Float = 1e-3

  @Option(help: "sgd, adam or adamw.")
  var optimizer = Optimizer.Method.adam

  @Option(help: "Pulls weights towards zero.")
  var weightDecay: Float = 0

  @Option(help: "constant, cosine or linear.")
  var schedule = ScheduleName.constant

  @Option(help: "Then train on with this layer and all that follow (see `graft summary`).")
  var fineTuneFrom: String?

  @Option(help: "Then train on with the last of the network's layers that have weights, so many.")
  var fineTuneLast: Int?

  @Option(help: "Passes for fine-tuning.")
  var fineTuneEpochs = 3

  @Option(help: "The learning rate for fine-tuning.")
  var fineTuneRate: Float = 1e-5

  @Option(
    help: """
      What the rate for fine-tuning is multiplied by for the layers of the network, as against \
      the new head: 0.1 moves them ten times slower.
      """)
  var backboneRateFactor: Float?

  @Option(
    help: """
      Stop when the validation loss has not improved for so many passes, in either part of the \
      training; by default never.
      """)
  var patience: Int?

  @Flag(
    help: """
      End with the values of the pass with the least validation loss, not the last one's; of all passes, \
      so that fine-tuning that makes nothing better changes nothing.
      """)
  var keepBest = false

  @Option(help: "What fine-tuned normalizations normalize by: stored or batch statistics.")
  var statistics = NormalizationStatistics.stored

  @Flag(help: "Compute the frozen layers anew in every epoch instead of once.")
  var noCache = false

  enum ScheduleName: String, CaseIterable, ExpressibleByArgument {
    case constant, cosine, linear

    var schedule: RateSchedule {
      switch self {
      case .constant: .constant
      case .cosine: .cosine
      case .linear: .linear
      }
    }
  }

  func validate() throws {
    try Limits.require("--epochs", epochs, in: Limits.epochs)
    try Limits.require("--fine-tune-epochs", fineTuneEpochs, in: Limits.epochs)
    guard fineTuneFrom == nil || fineTuneLast == nil else {
      throw ValidationError("give either --fine-tune-from or --fine-tune-last")
    }
    try Limits.require("--fine-tune-last", fineTuneLast, in: Limits.extent)
    try Limits.require("--batch-size", batchSize, in: Limits.extent)
    try Limits.require("--patience", patience, in: 1...Limits.epochs.upperBound)
    try Limits.requirePositive("--rate", rate)
    try Limits.requirePositive("--fine-tune-rate", fineTuneRate)
    if let backboneRateFactor {
      try Limits.requirePositive("--backbone-rate-factor", backboneRateFactor)
      guard fineTuning != nil else {
        throw ValidationError(
          "--backbone-rate-factor is for fine-tuning: give --fine-tune-from or --fine-tune-last")
      }
    }
    try Limits.requireNotNegative("--weight-decay", weightDecay)
  }

  /// What stays frozen in fine-tuning; `nil` where there is none.
  var fineTuning: FreezePlan? {
    fineTuneFrom.map { .upTo($0) } ?? fineTuneLast.map { .allButLast($0) }
  }

  /// At which rates layers are fine-tuned.
  var fineTuningRates: LayerRates {
    backboneRateFactor.map { .backbone(factor: $0) } ?? .uniform
  }

  func makeOptimizer(rate: Float) -> Optimizer {
    switch optimizer {
    case .sgd: .sgd(rate, momentum: 0.9, weightDecay: weightDecay)
    case .adam: .adam(rate, weightDecay: weightDecay)
    case .adamW: .adamW(rate, weightDecay: weightDecay)
    }
  }

  /// - Parameter startsTrained: Whether the values at the start have been trained, so that they may
  ///   be the best.
  func makeOptions(epochs: Int, startsTrained: Bool) -> TrainingOptions {
    TrainingOptions(
      epochs: epochs, batchSize: batchSize, schedule: schedule.schedule,
      featureCache: noCache ? .off : .automatic, patience: patience, keepsBest: keepBest,
      countsStart: keepBest && startsTrained, stopsDivergence: true)
  }
}

extension Optimizer.Method: ExpressibleByArgument {}
extension NormalizationStatistics: ExpressibleByArgument {}
