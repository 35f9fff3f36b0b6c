public import Foundation
public import GraftData
import GraftReport
public import GraftTasks
import GraftText
import GraftTraining

extension Learner {
  /// Writes a self-contained HTML page: curves, confusion matrix, the worst mistakes with their
  /// pictures or texts.
  ///
  /// - Parameters:
  ///   - data: Samples with their classes, best such as the model has never seen; the pictures of an
  ///     `ImageFolder` and texts are shown.
  ///   - notes: Further figures to show at the top: a label and a value each.
  /// - Throws: What predicting and writing throw; an existing file is only replaced at the end.
  public func report<Inputs: Preprocessor>(
    on data: some ClassifiedDataset<Inputs.Sample>, notes: [(label: String, value: String)] = [],
    to url: URL, isolation: isolated (any Actor)? = #isolation
  ) async throws where Goal == Classification<Inputs> {
    let results = try await classify(data)
    let sections =
      try [figures(results, notes, of: data.noun)] + charts() + [matrix(results, data)]
      + mistakes(results, data)
    let report = Report(
      title: "\(model.name): \(data.classes.joined(separator: ", "))",
      subtitle: "\(results.count) \(data.noun) held out, on \(device.name)", sections: sections)
    try report.write(to: url)
  }

  /// Writes a page of curves alone, where no samples were held out to judge the model by.
  ///
  /// - Parameter notes: Figures to show at the top: a label and a value each.
  /// - Throws: What writing throws; an existing file is only replaced at the end.
  public func report(notes: [(label: String, value: String)], to url: URL) throws {
    let figures = notes.map { Report.KeyFigure(label: $0.label, value: $0.value) }
    let report = Report(
      title: "\(model.name): \(model.classNames.joined(separator: ", "))",
      subtitle: "Nothing held out, on \(device.name)", sections: [.figures(figures)] + charts())
    try report.write(to: url)
  }

  private func figures(
    _ results: [ClassPrediction], _ notes: [(label: String, value: String)], of noun: String
  ) -> Report.Section {
    let rightCount = results.count { $0.isRight == true }
    let accuracy = results.isEmpty ? 0 : Double(rightCount) / Double(results.count)
    let own = Report.KeyFigure(
      label: "Accuracy", value: String(format: "%.1f %%", accuracy * 100),
      note: "\(rightCount) of \(results.count) \(noun)")
    return .figures([own] + notes.map { Report.KeyFigure(label: $0.label, value: $0.value) })
  }

  private func charts() -> [Report.Section] {
    let epochs = history.epochs
    guard !epochs.isEmpty else { return [] }
    let markers = zip(epochs, epochs.dropFirst()).filter { $0.trainableCount != $1.trainableCount }
      .map { LineChart.Marker(x: Double($1.epoch), label: "more layers train") }
    func chart(
      _ title: String, _ format: ValueFormat, _ value: (Metrics) -> Float?
    ) -> LineChart? {
      func points(_ metrics: (EpochRecord) -> Metrics?) -> [LineChart.Point] {
        epochs.compactMap { record in
          metrics(record).flatMap(value).map { LineChart.Point(Double(record.epoch), Double($0)) }
        }
      }
      let training = points { $0.training }
      let validation = points { $0.validation }
      guard !training.isEmpty || !validation.isEmpty else { return nil }
      let series = [
        LineChart.Series(name: "training", points: training, isDashed: true),
        LineChart.Series(name: "validation", points: validation),
      ]
      return LineChart(
        title: title, xLabel: "epoch", yLabel: title.lowercased(), format: format,
        series: series.filter { !$0.points.isEmpty }, markers: markers)
    }
    let charts = [
      chart("Accuracy", .percent) { $0.accuracy }, chart("Loss", .number) { $0.loss },
    ]
    return [.charts(title: "Training", charts.compactMap { $0 })]
  }

  private func matrix(
    _ results: [ClassPrediction], _ data: some ClassifiedDataset
  ) -> Report.Section {
    .confusionMatrix(
      ConfusionMatrix(
        classes: data.classes, truth: results.compactMap(\.label),
        predictions: results.filter { $0.label != nil }.map(\.predicted)))
  }

  /// The mistakes that the model was surest of.
  private func mistakes(
    _ results: [ClassPrediction], _ data: some ClassifiedDataset
  ) throws -> [Report.Section] {
    let mistakes = results.filter { $0.isRight == false }
      .sorted { $0.probability > $1.probability }.prefix(24)
    if let folder = data as? ImageFolder { return gallery(mistakes, folder) }
    let rows = try mistakes.compactMap { result -> [String]? in
      guard let label = result.label,
        let text = try data.sample(at: result.sample).input as? Text
      else { return nil }
      return [
        text.shown, data.classes[result.predicted],
        String(format: "%.1f %%", Double(result.probability) * 100), data.classes[label],
      ]
    }
    guard !rows.isEmpty else { return [] }
    let columns: [Report.Table.Column] = [
      .text("text"), .text("predicted"), .number("probability"), .text("in truth"),
    ]
    return [.table(Report.Table(title: "Worst mistakes", columns: columns, rows: rows))]
  }

  private func gallery(
    _ mistakes: ArraySlice<ClassPrediction>, _ data: ImageFolder
  ) -> [Report.Section] {
    let pictures = mistakes.compactMap { result -> Report.Picture? in
      let path = data.path(at: result.sample)
      guard let label = result.label,
        let picture = try? RGBImage(contentsOf: path).thumbnail(side: 192).jpegData()
      else { return nil }
      return Report.Picture(
        imageData: picture, predicted: data.classes[result.predicted],
        probability: Double(result.probability), truth: data.classes[label],
        fileName: path.fileName)
    }
    guard !pictures.isEmpty else { return [] }
    return [
      .gallery(
        Report.Gallery(
          title: "Worst mistakes", note: "What the model was surest of, and wrong about.",
          pictures: pictures))
    ]
  }
}

extension ClassifiedDataset {
  /// What its samples are called.
  fileprivate var noun: String {
    self is ImageFolder ? "photos" : Input.self == Text.self ? "texts" : "samples"
  }
}

extension Text {
  /// The beginning of a text or a pair, as a report shows it.
  fileprivate var shown: String {
    let whole = second.map { "\(text) | \($0)" } ?? text
    return whole.count > 400 ? whole.prefix(400) + "…" : whole
  }
}
