import ArgumentParser
import Foundation
import Graft
import GraftReport

/// What `graft train` does, in order.
@MainActor
final class TrainingJob {
  private let options: Train
  private let terminal = Terminal()
  private let interruption = Interruption()
  private let data: DatasetSplit<ImageFolder>
  private let learner: Learner
  private let start = ContinuousClock.now

  /// What `graft train --json` prints.
  struct Result: Encodable {
    struct Phase: Encodable {
      var name: String
      var accuracy: Float?
      var loss: Float
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
    var phases: [Phase]
    /// After the head was trained, on photos never trained on.
    var headOnlyAccuracy: Float?
    /// After fine-tuning; absent without.
    var fineTunedAccuracy: Float?
    /// At the end.
    var accuracy: Float?
    var loss: Float
    var bytesSavedByFreezing: Int
    var imagesPerSecond: Double
    var seconds: Double
    var wasInterrupted: Bool
    var bundle: String
    var report: String?
  }
  private static let head = "head"
  private static let fineTuned = "fine-tuned"
  private var skippedCount = 0
  private var phases: [Result.Phase] = []
  private var bytesSaved = 0

  init(_ options: Train) async throws {
    self.options = options
    try ModelBundle.checkPlace(URL(fileURLWithPath: options.output))
    if let report = options.report, report != "none" {
      try Report.checkPlace(URL(fileURLWithPath: report))
    }
    let loaded = try Self.load(options)
    (data, skippedCount) = (loaded.data, loaded.skipped.count)
    for error in loaded.skipped { terminal.say("skipped \(error)") }
    let base = try await options.network.makeBackbone(terminal: terminal)
    let classes = data.classes
    let outputs = try options.head.outputCount(classes: classes)
    let model = Model(classNames: classes) {
      base
      options.head.layers(outputs: outputs)
    }
    learner = try Learner(
      model, freezing: .allOf(base), loss: .forOutputs(outputs),
      optimizer: options.recipe.makeOptimizer(rate: options.recipe.rate),
      preprocessing: options.pictures.adjusted(model.preprocessing),
      device: options.shared.openDevice(), seed: options.shared.seed)
    learner.statistics = options.recipe.statistics
    if options.head.keepHead {
      guard let bundle = try options.network.bundle() else {
        throw ValidationError("--keep-head needs a trained model as --weights")
      }
      let taken = try learner.takeHead(of: bundle)
      terminal.say(
        "Starting with what \(bundle.url.path) knows of \(taken.joined(separator: ", "))")
    }
    try learner.checkSavable(to: URL(fileURLWithPath: options.output))
    _ = try options.recipe.fineTuning?.trainableParameters(of: model)
  }

  func run() async throws -> Result {
    describe()
    let recipe = options.recipe
    if recipe.epochs > 0 {
      try await train(Self.head, options: recipe.makeOptions(epochs: recipe.epochs))
    }
    if let plan = recipe.fineTuning, recipe.fineTuneEpochs > 0, !interruption.isRequested {
      learner.freezing = plan
      learner.optimizer = recipe.makeOptimizer(rate: recipe.fineTuneRate)
      learner.rates = recipe.fineTuningRates
      terminal.say("Fine-tuning with \(plan) frozen, \(learner.rates)")
      try await train(Self.fineTuned, options: recipe.makeOptions(epochs: recipe.fineTuneEpochs))
    }
    return try finish()
  }

  private static func load(
    _ options: Train
  ) throws -> (data: DatasetSplit<ImageFolder>, skipped: [ImageError]) {
    let policy = options.data.onBadImage
    if ImageFolder.isSplit(at: options.directory) {
      let split = try ImageFolder.split(at: options.directory)
      let (training, bad) = try split.training.checked(onBadImage: policy)
      let (validation, worse) = try split.validation.checked(onBadImage: policy)
      return (DatasetSplit(training: training, validation: validation), bad + worse)
    }
    let (folder, skipped) = try ImageFolder(options.directory).checked(onBadImage: policy)
    let split = try folder.split(
      validation: options.data.validation, stratified: true, seed: options.shared.seed)
    return (split, skipped)
  }

  private func describe() {
    terminal.say(
      "\(data.training.count) photos to train on, \(data.validation.count) to validate, "
        + "\(data.classes.count) classes: \(data.classes.joined(separator: ", "))")
    terminal.say("Running on \(learner.device.name)")
    if learner.model.backbone?.weights == nil {
      terminal.say(
        "Warning: \(options.network.backbone) starts from random weights; give "
          + "--weights imagenet or --weights FILE")
    }
  }

  /// Trains one phase and evaluates it.
  private func train(_ name: String, options: TrainingOptions) async throws {
    try describeMemory(options)
    let augment = self.options.data.augment
    let photos: any Dataset =
      augment == .mirror ? MirroredDataset(data.training) : data.training
    let epochsBefore = learner.history.epochs.count
    let run = try learner.training(
      on: learner.feed(photos, augmentation: augment.augmentation),
      validation: learner.feed(data.validation), options: options)
    var extraction = RateMeter()
    for try await event in run {
      switch event {
      case .extracted(let count, let total):
        extraction.note(count)
        terminal.progress(
          "Features", done: count, of: total, detail: extraction.detail(remaining: total - count))
      case .step(let record): show(record)
      case .epoch(let record):
        show(record, of: options.epochs)
        try requireFinite(record)
      }
      if interruption.isRequested {
        terminal.say("Interrupted: ending after this step; everything so far is saved")
        break
      }
    }
    try run.end()
    let done = History(Array(learner.history.epochs.dropFirst(epochsBefore)))
    try conclude(name, done, options, extractionRate: extraction.rate)
  }

  private func describeMemory(_ options: TrainingOptions) throws {
    let (plan, everything) = try learner.forecast(batchSize: options.batchSize)
    if bytesSaved == 0 { bytesSaved = everything.totalByteCount - plan.totalByteCount }
    terminal.say(
      "Memory of a step: \(Format.bytes(plan.totalByteCount)); with nothing frozen it would be "
        + Format.bytes(everything.totalByteCount))
  }

  /// Evaluates what a phase ended with, and says so.
  private func conclude(
    _ name: String, _ done: History, _ options: TrainingOptions, extractionRate: Double?
  ) throws {
    let stoppedEarly = !interruption.isRequested && done.epochs.count < options.epochs
    describeEnd(of: done, options, stoppedEarly: stoppedEarly)
    // An epoch ended in an evaluation of what the model still is, unless it was broken off later.
    let kept = options.keepsBest ? done.best : interruption.isRequested ? nil : done.last
    let metrics =
      try kept?.validation ?? learner.evaluate(data.validation, batchSize: options.batchSize)
    let rates = done.epochs.map(\.samplesPerSecond).sorted()
    let rate = extractionRate ?? (rates.isEmpty ? 0 : rates[rates.count / 2])
    phases.append(
      Result.Phase(
        name: name, accuracy: metrics.accuracy, loss: metrics.loss, imagesPerSecond: rate,
        epochs: done.epochs.count, bestEpoch: done.best?.epoch, stoppedEarly: stoppedEarly))
    terminal.say(
      "Accuracy on held-out photos (\(name)): \(metrics.accuracy.map(Format.percent) ?? "-"), "
        + "loss \(Format.fixed(Double(metrics.loss), 4)), "
        + "\(Format.fixed(rate, 1)) images/s through the network")
  }

  /// Says why training ended before its time, and which epoch's values are kept.
  private func describeEnd(of done: History, _ options: TrainingOptions, stoppedEarly: Bool) {
    if stoppedEarly, let patience = options.patience {
      terminal.say(
        "Stopped after \(done.epochs.count) of \(options.epochs) epochs: the validation loss has not "
          + "improved for \(patience == 1 ? "an epoch" : "\(patience) epochs")")
    }
    if options.keepsBest, let best = done.best {
      terminal.say("Keeping epoch \(best.epoch), which has the least validation loss")
    }
  }

  /// Nothing that follows could mend a loss that is no number any more.
  private func requireFinite(_ record: EpochRecord) throws {
    guard record.training.loss.isFinite, record.validation?.loss.isFinite ?? true else {
      throw DivergedTraining(epoch: record.epoch, rate: learner.optimizer.rate)
    }
  }

  private func show(_ record: StepRecord) {
    let remaining = Double(record.stepCount - record.step)
    let perStep =
      record.samplesPerSecond > 0
      ? Double(record.running.sampleCount) / record.samplesPerSecond / Double(record.step) : 0
    terminal.progress(
      "Epoch \(record.epoch)", done: record.step, of: record.stepCount,
      detail: "loss \(Format.fixed(Double(record.running.loss), 4))  "
        + "\(Format.fixed(record.samplesPerSecond, 1)) images/s  "
        + "\(Format.duration(remaining * perStep)) left")
  }

  private func show(_ record: EpochRecord, of count: Int) {
    func text(_ metrics: Metrics?) -> String {
      guard let metrics else { return "-" }
      return "loss \(Format.fixed(Double(metrics.loss), 4))"
        + (metrics.accuracy.map { " accuracy \(Format.percent($0))" } ?? "")
    }
    terminal.say(
      "epoch \(record.epoch): \(text(record.training)); validation \(text(record.validation)); "
        + "\(Format.fixed(record.seconds, 1)) s")
  }

  private func finish() throws -> Result {
    let bundle = URL(fileURLWithPath: options.output)
    try learner.save(to: bundle)
    let report = try writeReport(beside: bundle)
    terminal.say("Model: \(bundle.path)")
    if let report { terminal.say("Report: \(report.path)") }
    let last = phases.last
    return Result(
      backbone: options.network.backbone, classes: data.classes, trainingCount: data.training.count,
      validationCount: data.validation.count, skippedCount: skippedCount, phases: phases,
      headOnlyAccuracy: phases.first { $0.name == Self.head }?.accuracy,
      fineTunedAccuracy: phases.first { $0.name == Self.fineTuned }?.accuracy,
      accuracy: last?.accuracy, loss: last?.loss ?? 0, bytesSavedByFreezing: bytesSaved,
      imagesPerSecond: phases.first?.imagesPerSecond ?? 0,
      seconds: (ContinuousClock.now - start) / .seconds(1),
      wasInterrupted: interruption.isRequested, bundle: bundle.path, report: report?.path)
  }

  private func writeReport(beside bundle: URL) throws -> URL? {
    guard options.report != "none" else { return nil }
    let url =
      options.report.map { URL(fileURLWithPath: $0) }
      ?? bundle.deletingLastPathComponent().appending(
        path: bundle.deletingPathExtension().lastPathComponent + ".html")
    var notes = phases.map { phase in
      (label: "Accuracy, \(phase.name)", value: phase.accuracy.map(Format.percent) ?? "-")
    }
    notes.append((label: "Memory saved by freezing", value: Format.bytes(bytesSaved)))
    if let rate = phases.first?.imagesPerSecond {
      notes.append((label: "Images a second", value: Format.fixed(rate, 1)))
    }
    try learner.report(on: data.validation, notes: notes, to: url)
    return url
  }
}

/// Training that led to no numbers.
struct DivergedTraining: Error, CustomStringConvertible {
  var epoch: Int
  var rate: Float

  var description: String {
    "the loss is no finite number after epoch \(epoch) at a learning rate of \(rate), so that nothing "
      + "was saved; choose a lower --rate or --fine-tune-rate"
  }
}
