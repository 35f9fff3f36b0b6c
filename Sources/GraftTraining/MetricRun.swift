import GraftData

/// Sums up loss and metrics over batches.
final class MetricRun {
  private var lossSum = 0.0
  /// What the loss is a mean over.
  private var mass = 0.0
  private var sampleCount = 0
  private var counters: [any MetricCounter]

  init(_ metrics: [any Metric]) { counters = Self.counters(of: metrics) }

  /// Goes on with the loss, and counts other metrics from now on.
  func count(_ metrics: [any Metric]) { counters = Self.counters(of: metrics) }

  private static func counters(of metrics: [any Metric]) -> [any MetricCounter] {
    func open<M: Metric>(_ metric: M) -> any MetricCounter { Counter(metric) }
    return metrics.map { open($0) }
  }

  /// Adds a batch.
  func add(_ result: StepResult, of batch: Batch) {
    let batchMass =
      result.lossWeight.map(Double.init) ?? batch.weights.reduce(0) { $0 + Double($1) }
    lossSum += Double(result.loss) * batchMass
    mass += batchMass
    sampleCount += batch.count
    for counter in counters { counter.add(result.values) }
  }

  /// The means so far.
  var metrics: Metrics {
    var values: [String: Float] = [:]
    for counter in counters { values[counter.name] = counter.value }
    return Metrics(
      loss: mass == 0 ? 0 : Float(lossSum / mass), values: values, sampleCount: sampleCount)
  }
}

/// A metric with its state.
private protocol MetricCounter: AnyObject {
  var name: String { get }
  var value: Float? { get }
  func add(_ values: TensorValues)
}

private final class Counter<M: Metric>: MetricCounter {
  private let metric: M
  private var state: M.State

  init(_ metric: M) { (self.metric, state) = (metric, metric.makeState()) }

  var name: String { metric.name }
  var value: Float? { metric.value(of: state) }

  /// Names of what a metric traced begin with its own, so that two may use the same.
  func add(_ values: TensorValues) { metric.add(values.stripped(of: metric.name), to: &state) }
}
