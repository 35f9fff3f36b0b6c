public import Foundation
public import GraftData
import GraftReport
import GraftTasks
import GraftTraining

extension Learner where Goal == ImageClassification {
  /// Writes a self-contained HTML page: curves, confusion matrix, the worst mistakes with their
  /// pictures.
  ///
  /// - Parameters:
  ///   - data: Samples with their classes, best such as the model has never seen; the pictures of an
  ///     `ImageFolder` are shown.
  ///   - notes: Further figures to show at the top: a label and a value each.
  /// - Throws: What predicting and writing throw; an existing file is only replaced at the end.
  public func report(
    on data: some ClassifiedDataset<Image>, notes: [(label: String, value: String)] = [],
    to url: URL, isolation: isolated (any Actor)? = #isolation
  ) async throws {
    let results = try await classify(data)
    let sections =
      [figures(results, notes, of: data.noun)] + charts() + [matrix(results, data)]
      + ((data as? ImageFolder).map { gallery(results, $0) } ?? [])
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

  private func matrix(_ results: [ClassPrediction], _ data: some ClassifiedDataset<Image>)
    -> Report.Section
  {
    .confusionMatrix(
      ConfusionMatrix(
        classes: data.classes, truth: results.compactMap(\.label),
        predictions: results.filter { $0.label != nil }.map(\.predicted)))
  }

  /// The mistakes that the model was surest of.
  private func gallery(_ results: [ClassPrediction], _ data: ImageFolder) -> [Report.Section] {
    let mistakes = results.filter { $0.isRight == false }
      .sorted { $0.probability > $1.probability }.prefix(24)
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

extension ClassifiedDataset<Image> {
  /// What its samples are called.
  fileprivate var noun: String { self is ImageFolder ? "photos" : "samples" }
}
