import Graft
import Testing

/// The rates of PyTorch's schedulers, three epochs of four steps at the rate 1.
@Suite struct RateScheduleTests {
  struct Scheduler: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var schedule: RateSchedule
    var warmup = 0
    var factors: [Float]
  }

  static let schedulers = [
    Scheduler(
      testDescription: "CosineAnnealingLR(T_max=12)", schedule: .cosine,
      factors: [
        1, 0.982963, 0.933013, 0.853553, 0.75, 0.62941, 0.5, 0.37059, 0.25, 0.146447, 0.066987,
        0.017037,
      ]),
    Scheduler(
      testDescription: "LinearLR(1, 0, 12)", schedule: .linear,
      factors: [
        1, 0.916667, 0.833333, 0.75, 0.666667, 0.583333, 0.5, 0.416667, 0.333333, 0.25, 0.166667,
        0.083333,
      ]),
    Scheduler(
      testDescription: "MultiStepLR([1, 2], 0.5)", schedule: .steps(epochs: [1, 2], factor: 0.5),
      factors: [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]),
    Scheduler(
      testDescription: "ExponentialLR(0.3)", schedule: .exponential(factor: 0.3),
      factors: [1, 1, 1, 1, 0.3, 0.3, 0.3, 0.3, 0.09, 0.09, 0.09, 0.09]),
    Scheduler(
      testDescription: "LinearLR(1/3, 1, 2), CosineAnnealingLR(T_max=10)", schedule: .cosine,
      warmup: 2,
      factors: [
        0.333333, 0.666667, 1, 0.975528, 0.904508, 0.793893, 0.654508, 0.5, 0.345492, 0.206107,
        0.095492, 0.024472,
      ]),
    Scheduler(
      testDescription: "LinearLR(1/3, 1, 2), LinearLR(1, 0, 10)", schedule: .linear, warmup: 2,
      factors: [0.333333, 0.666667, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]),
    Scheduler(
      testDescription: "LinearLR(1/3, 1, 2)", schedule: .constant, warmup: 2,
      factors: [0.333333, 0.666667, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
  ]

  @Test(arguments: schedulers)
  func factorsArePyTorchs(scheduler: Scheduler) {
    for (step, expected) in scheduler.factors.enumerated() {
      let factor = scheduler.schedule.factor(
        step: step, stepsPerEpoch: 4, epochs: 3, warmup: scheduler.warmup)
      #expect(abs(factor - expected) < 2e-6, "step \(step)")
    }
  }

  /// An epoch's record has the rate of its last step.
  @Test(arguments: schedulers)
  func reachTheSteps(scheduler: Scheduler) async throws {
    let model = Model(name: "small", inputSize: 1, inputChannels: 1) {
      Flatten()
      Dense(2)
    }
    let learner = try Learner(model, optimizer: .sgd(0.5), device: CPUDevice())
    let feed = try ArraySource(
      samples: (0..<7).map(Float.init), targets: (0..<14).map { Float($0 % 2) }, sampleCount: 7)
    let history = try await learner.fit(
      on: feed,
      options: TrainingOptions(
        epochs: 3, batchSize: 2, schedule: scheduler.schedule, warmupSteps: scheduler.warmup))
    for (epoch, record) in history.epochs.enumerated() {
      #expect(abs(record.rate - 0.5 * scheduler.factors[4 * epoch + 3]) < 2e-6)
    }
  }
}
