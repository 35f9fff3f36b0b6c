import ArgumentParser
import Foundation
import Graft
import GraftReport

/// What `graft train` does, in order.
@MainActor
final class TrainingJob<Subject: TrainingSubject> {
  let options: Train
  let terminal = Terminal()
  let subject: Subject
  private let start = ContinuousClock.now
  private var interruption: Interruption?
  private var phases: [TrainingResult.Phase] = []
  /// The epoch whose values the model has; `nil` for those that it started with.
  private var keptEpoch: Int?
  /// What the held-out photos say of the model as it is.
  private var metrics: Metrics?
  private var diverged: DivergedTraining?
  var bytesSaved = 0

  private static var head: String { "head" }
  private static var fineTuned: String { "fine-tuned" }

  init(_ options: Train) async throws {
    self.options = options
    // Nobody reading what is printed any more is no reason to end.
    signal(SIGPIPE, SIG_IGN)
    try ModelBundle.checkPlace(URL(fileURLWithPath: options.output))
    if let report = options.report, report != "none" {
      try Report.checkPlace(URL(fileURLWithPath: report))
    }
    subject = try await Subject(options, terminal: terminal)
    if options.head.keepHead { try takeHead() }
    try learner.checkSavable(to: URL(fileURLWithPath: options.output))
    _ = try options.recipe.fineTuning?.trainableParameters(of: learner.model)
  }

  var learner: Learner<Subject.Goal> { subject.learner }

  /// What the process should end with where a signal ended training early.
  var interruptionStatus: Int32? { interruption?.exitStatus }

  private var isInterrupted: Bool { interruption?.isRequested ?? false }

  private func takeHead() throws {
    guard let bundle = try options.network.bundle() else {
      throw ValidationError("--keep-head needs a trained model as --weights")
    }
    let taken = try learner.takeHead(of: bundle)
    terminal.say("Starting with what \(bundle.url.path) knows of \(taken.joined(separator: ", "))")
  }

  func run() async throws -> TrainingResult {
    describe()
    // From here on there is something to lose.
    interruption = Interruption()
    let recipe = options.recipe
    if recipe.epochs > 0 {
      let startsTrained = options.head.keepHead
      try await train(
        Self.head, options: recipe.makeOptions(epochs: recipe.epochs, startsTrained: startsTrained))
    }
    if let plan = recipe.fineTuning, recipe.fineTuneEpochs > 0, !isInterrupted, diverged == nil {
      learner.freezing = plan
      learner.optimizer = recipe.makeOptimizer(rate: recipe.fineTuneRate)
      learner.rates = recipe.fineTuningRates
      terminal.say("Fine-tuning with \(plan) frozen, \(learner.rates)")
      let startsTrained = options.head.keepHead || keptEpoch != nil
      try await train(
        Self.fineTuned,
        options: recipe.makeOptions(epochs: recipe.fineTuneEpochs, startsTrained: startsTrained))
    }
    return try await finish()
  }

  /// Trains one phase and tells what came of it.
  ///
  /// - Throws: ``NothingLearned`` where the loss was no finite number before anything was learned.
  private func train(_ name: String, options: TrainingOptions) async throws {
    try describeMemory(options)
    let epochsBefore = learner.history.epochs.count
    let run = try learner.training(
      on: subject.trainingFeed(), validation: subject.validationFeed(), options: options)
    var extraction = RateMeter()
    do {
      try await follow(run, of: options.epochs, &extraction)
      try await run.end()
    } catch let error as DivergedTraining {
      guard error.keptEpoch != nil || keptEpoch != nil else { throw NothingLearned(error) }
      diverged = error
    }
    let done = History(Array(learner.history.epochs.dropFirst(epochsBefore)))
    try await conclude(name, done, options, best: run.best, extractionRate: extraction.rate)
  }

  private func follow(
    _ run: TrainingRun, of epochCount: Int, _ extraction: inout RateMeter
  ) async throws {
    for try await event in run {
      switch event {
      case .extracted(let count, let total): show(extracted: count, of: total, &extraction)
      case .step(let record): show(record)
      case .epoch(let record): show(record, of: epochCount)
      }
      if isInterrupted {
        terminal.say("Interrupted: ending after this step; everything so far is saved")
        return
      }
    }
  }

  /// Finds out which values a phase ended with and what they are worth, and says so.
  private func conclude(
    _ name: String, _ done: History, _ options: TrainingOptions, best: BestEpoch?,
    extractionRate: Double?
  ) async throws {
    let stoppedEarly =
      !isInterrupted && diverged == nil && done.epochs.count < options.epochs
    if let diverged {
      keptEpoch = diverged.keptEpoch ?? keptEpoch
      metrics = done.epochs.last { $0.epoch == diverged.keptEpoch }?.validation ?? metrics
    } else if options.keepsBest, let best {
      keptEpoch = best.epoch ?? keptEpoch
      metrics = best.epoch == nil ? metrics ?? best.validation : best.validation
    } else {
      keptEpoch = done.last?.epoch ?? keptEpoch
      // An epoch ended in an evaluation of what the model still is, unless it was broken off later.
      if let last = done.last?.validation, !isInterrupted {
        metrics = last
      } else if let feed = try subject.validationFeed() {
        metrics = try await learner.evaluate(on: feed, batchSize: options.batchSize)
      } else {
        metrics = nil
      }
    }
    describeEnd(of: done, options, best: best, stoppedEarly: stoppedEarly)
    let rates = done.epochs.map(\.samplesPerSecond).sorted()
    let rate = extractionRate ?? (rates.isEmpty ? 0 : rates[rates.count / 2])
    phases.append(
      TrainingResult.Phase(
        name: name, accuracy: metrics?.accuracy, loss: metrics?.loss, imagesPerSecond: rate,
        epochs: done.epochs.count, bestEpoch: done.best?.epoch, stoppedEarly: stoppedEarly))
    describe(metrics, of: name, rate: rate)
  }

  private func finish() async throws -> TrainingResult {
    let bundle = URL(fileURLWithPath: options.output)
    try learner.save(to: bundle)
    let report = try await writeReport(beside: bundle)
    terminal.say("Model: \(bundle.path)")
    if let report { terminal.say("Report: \(report.path)") }
    return TrainingResult(
      backbone: subject.backbone, classes: subject.classes,
      trainingCount: subject.trainingCount, validationCount: subject.validationCount,
      skippedCount: subject.skippedCount,
      classWeights: subject.classWeights.isEmpty ? nil : subject.classWeights, phases: phases,
      headOnlyAccuracy: phases.first { $0.name == Self.head }?.accuracy,
      fineTunedAccuracy: phases.first { $0.name == Self.fineTuned }?.accuracy,
      accuracy: metrics?.accuracy, loss: metrics?.loss, keptEpoch: keptEpoch,
      bytesSavedByFreezing: bytesSaved, imagesPerSecond: phases.first?.imagesPerSecond ?? 0,
      seconds: (ContinuousClock.now - start) / .seconds(1), wasInterrupted: isInterrupted,
      diverged: diverged.map {
        "\($0), and was saved so; choose a lower --rate or --fine-tune-rate"
      },
      bundle: bundle.path, report: report?.path)
  }

  private func writeReport(beside bundle: URL) async throws -> URL? {
    guard options.report != "none" else { return nil }
    let url =
      options.report.map { URL(fileURLWithPath: $0) }
      ?? bundle.deletingLastPathComponent().appending(
        path: bundle.deletingPathExtension().lastPathComponent + ".html")
    var notes = phases.map { phase in
      (label: "Accuracy, \(phase.name)", value: phase.accuracy.map(Format.percent) ?? "-")
    }
    if let keptEpoch { notes.append((label: "Epoch kept", value: "\(keptEpoch)")) }
    notes.append((label: "Memory saved by freezing", value: Format.bytes(bytesSaved)))
    if let rate = phases.first?.imagesPerSecond {
      notes.append((label: "\(Subject.unit.capitalized) a second", value: Format.fixed(rate, 1)))
    }
    try await subject.report(notes: notes, to: url)
    return url
  }
}

/// Training that led to no numbers before there was anything worth keeping.
struct NothingLearned: Error, CustomStringConvertible {
  var cause: DivergedTraining

  init(_ cause: DivergedTraining) { self.cause = cause }

  var description: String {
    "\(cause), and nothing was saved; choose a lower --rate or --fine-tune-rate"
  }
}
