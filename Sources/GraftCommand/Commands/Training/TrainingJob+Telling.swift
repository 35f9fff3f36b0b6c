import Graft

/// What `graft train` says while it works.
extension TrainingJob {
  func describe() {
    for line in subject.description { terminal.say(line) }
    terminal.say("Running on \(learner.device.name)")
    if !subject.hasWeights {
      terminal.say(
        "Warning: \(subject.backbone) starts from random weights; give "
          + "--weights imagenet or --weights FILE")
    }
  }

  func describeMemory(_ options: TrainingOptions) throws {
    let (plan, everything) = try learner.forecast(batchSize: options.batchSize)
    if bytesSaved == 0 { bytesSaved = everything.totalByteCount - plan.totalByteCount }
    terminal.say(
      "Memory of a step: \(Format.bytes(plan.totalByteCount)); with nothing frozen it would be "
        + Format.bytes(everything.totalByteCount))
  }

  /// Says why training ended before its time, and which epoch's values are kept.
  func describeEnd(
    of done: History, _ options: TrainingOptions, best: BestEpoch?, stoppedEarly: Bool
  ) {
    if stoppedEarly, let patience = options.patience {
      terminal.say(
        "Stopped after \(done.epochs.count) of \(options.epochs) epochs: the validation loss has not "
          + "improved for \(patience == 1 ? "an epoch" : "\(patience) epochs")")
    }
    guard options.keepsBest, let best else { return }
    terminal.say(
      best.epoch.map { "Keeping epoch \($0), which has the least validation loss" }
        ?? "Keeping the values from before: no epoch has a validation loss as low")
  }

  func describe(_ metrics: Metrics?, of phase: String, rate: Double) {
    let speed = "\(Format.fixed(rate, 1)) \(Subject.unit)/s through the network"
    guard let metrics else {
      return terminal.say("No \(Subject.noun) are held out (\(phase)); \(speed)")
    }
    terminal.say(
      "Accuracy on held-out \(Subject.noun) (\(phase)): \(metrics.accuracy.map(Format.percent) ?? "-"), "
        + "loss \(Format.fixed(Double(metrics.loss), 4)), \(speed)")
  }

  func show(extracted count: Int, of total: Int, _ meter: inout RateMeter) {
    meter.note(count)
    terminal.progress(
      "Features", done: count, of: total, detail: meter.detail(remaining: total - count))
  }

  func show(_ record: StepRecord) {
    let remaining = Double(record.stepCount - record.step)
    let perStep =
      record.samplesPerSecond > 0
      ? Double(record.running.sampleCount) / record.samplesPerSecond / Double(record.step) : 0
    terminal.progress(
      "Epoch \(record.epoch)", done: record.step, of: record.stepCount,
      detail: "loss \(Format.fixed(Double(record.running.loss), 4))  "
        + "\(Format.fixed(record.samplesPerSecond, 1)) \(Subject.unit)/s  "
        + "\(Format.duration(remaining * perStep)) left")
  }

  func show(_ record: EpochRecord, of count: Int) {
    func text(_ metrics: Metrics?) -> String {
      guard let metrics else { return "-" }
      return "loss \(Format.fixed(Double(metrics.loss), 4))"
        + (metrics.accuracy.map { " accuracy \(Format.percent($0))" } ?? "")
    }
    terminal.say(
      "epoch \(record.epoch): \(text(record.training)); validation \(text(record.validation)); "
        + "\(Format.fixed(record.seconds, 1)) s")
  }
}
