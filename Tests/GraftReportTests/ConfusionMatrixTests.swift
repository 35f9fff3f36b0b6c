import GraftReport
import Testing

@Suite("Confusion matrices")
struct ConfusionMatrixTests {
  /// 3 of 4 cats, 1 of 2 dogs and no owl; nothing was taken for an owl.
  private let matrix = ConfusionMatrix(
    classes: ["cat", "dog", "owl"], truth: [0, 0, 0, 0, 1, 1, 2],
    predictions: [0, 0, 0, 1, 1, 0, 0])

  @Test func countsAnswers() {
    #expect(matrix.counts == [[3, 1, 0], [1, 1, 0], [1, 0, 0]])
    #expect(matrix.accuracy == 4.0 / 7)
    #expect([0, 1, 2].map(matrix.recall) == [0.75, 0.5, 0])
    #expect([0, 1, 2].map(matrix.precision) == [0.6, 0.5, nil])
    #expect(
      matrix.confusions.map { [$0.truth, $0.predicted, $0.count] }
        == [[0, 1, 1], [1, 0, 1], [2, 0, 1]])
  }

  @Test func showsCountsWithTheirShares() throws {
    let page = try ReportPage([.confusionMatrix(matrix)])
    let right = page.elements("td", class: "right")
    #expect(right.map(\.text) == ["3", "1"])
    #expect(right.first?.attributes["title"] == "cat taken for cat: 3 of 4 (75.0%)")
    #expect(page.elements("td", class: "wrong").count == 3)
    #expect(page.elements("td", class: "zero").count == 4)
    #expect(
      page.elements("td", class: "edge").map(\.text)
        == ["75%", "50%", "0%", "60%", "50%", "–", "57%"])
  }

  @Test(arguments: [0, 1, 2, 10, 30, 31, 100])
  func fitsAnyNumberOfClasses(_ count: Int) throws {
    let names = (0..<count).map { "class \($0)" }
    let samples = count == 0 ? [] : (0..<500).map { $0 % count }
    let matrix = ConfusionMatrix(
      classes: names, truth: samples, predictions: samples.map { ($0 * $0) % max(count, 1) })
    let page = try ReportPage([.confusionMatrix(matrix)])
    #expect(page.elements("table", class: "matrix").count == (count <= 30 ? 1 : 0))
    #expect(page.elements("details").count == (count <= 30 ? 0 : 1))
    for name in names { #expect(page.text.contains(name)) }
    #expect(page.html.utf8.count < 150_000)
  }

  @Test func manyClassesShowTheWorstPairsFirst() throws {
    let names = (0..<60).map { "class \($0)" }
    let truth = [7, 7, 7, 7, 3, 3, 5]
    let predictions = [8, 8, 8, 7, 4, 4, 5]
    let page = try ReportPage([
      .confusionMatrix(ConfusionMatrix(classes: names, truth: truth, predictions: predictions))
    ])
    let cells = page.elements("td").map(\.text)
    #expect(
      cells.prefix(8) == [
        "class 7", "class 8", "3 of 4", "75.0%", "class 3", "class 4", "2 of 2", "100.0%",
      ])
    #expect(cells[8...].prefix(4) == ["class 3", "2", "–", "0%"])
  }

  @Test func noMistakesAreSaid() throws {
    let samples = Array(0..<40)
    let page = try ReportPage([
      .confusionMatrix(
        ConfusionMatrix(
          classes: samples.map(String.init), truth: samples, predictions: samples))
    ])
    #expect(page.text.contains("No class was confused."))
  }
}
