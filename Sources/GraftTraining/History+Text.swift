import Foundation

extension Metrics: CustomStringConvertible {
  /// The loss and the metrics, by name: `loss 0.2310, accuracy 0.9250`.
  public var description: String {
    (["loss \(Self.text(loss))"]
      + values.sorted { $0.key < $1.key }.map { "\($0) \(Self.text($1))" })
      .joined(separator: ", ")
  }

  static func text(_ value: Float) -> String { String(format: "%.4f", value) }
}

extension EpochRecord: CustomStringConvertible {
  /// What happened, in a line.
  public var description: String {
    "epoch \(epoch): \(training)" + (validation.map { "; validation \($0)" } ?? "")
      + String(format: "; %.1f s", seconds)
  }
}

extension History: CustomStringConvertible {
  /// A table with a row for each epoch: loss and metrics of training and validation, the rate, the
  /// seconds.
  public var description: String {
    let names =
      ["loss"]
      + Set(
        epochs.flatMap { [$0.training, $0.validation].compactMap(\.self) }
          .flatMap(\.values.keys)
      ).sorted()
    let isValidated = epochs.contains { $0.validation != nil }
    let head = ["epoch"] + names + (isValidated ? names.map { "val. \($0)" } : []) + ["rate", "s"]
    let rows = epochs.map { record -> [String] in
      func cells(_ metrics: Metrics?) -> [String] {
        names.map { name in metrics?[name].map(Metrics.text) ?? "-" }
      }
      return ["\(record.epoch)"] + cells(record.training)
        + (isValidated ? cells(record.validation) : [])
        + ["\(record.rate)", String(format: "%.1f", record.seconds)]
    }
    let table = [head] + rows
    let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
        .joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
