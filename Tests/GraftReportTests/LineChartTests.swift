import GraftReport
import Testing

@Suite("Line charts")
struct LineChartTests {
  typealias Series = LineChart.Series

  private func page(
    _ series: [Series], format: ValueFormat = .number, markers: [LineChart.Marker] = []
  ) throws -> ReportPage {
    let chart = LineChart(
      title: "Loss", xLabel: "epoch", yLabel: "loss", format: format, series: series,
      markers: markers)
    let page = try ReportPage([.charts(title: "", [chart])])
    // Whatever the values, every coordinate is a number within the drawing.
    for element in page.elements {
      for key in ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy"] {
        guard let text = element.attributes[key] else { continue }
        let coordinate = try #require(Double(text))
        #expect((0...520).contains(coordinate), "\(key) of \(element)")
      }
      for text in element.attributes["d", default: ""].split(whereSeparator: { "ML ".contains($0) })
      {
        #expect((0...520).contains(try #require(Double(text))))
      }
    }
    return page
  }

  private func ticks(_ page: ReportPage) -> (x: [String], y: [String]) {
    let ticks = page.elements("text", class: "tick")
    return (
      ticks.filter { $0.classes.contains("middle") }.map(\.text),
      ticks.filter { $0.classes.contains("end") }.map(\.text)
    )
  }

  @Test func ticksAreRound() throws {
    let losses = ticks(try page([Series(name: "a", values: [0.93, 0.41, 0.22])]))
    #expect(losses.x == ["1", "2", "3"])
    #expect(losses.y == ["0.2", "0.4", "0.6", "0.8", "1.0"])
    let shares = ticks(
      try page([Series(name: "a", values: [0.914, 0.981])], format: .percent))
    #expect(shares.y == ["90%", "92%", "94%", "96%", "98%", "100%"])
    let rates = ticks(try page([Series(name: "a", values: [0, 0.001])]))
    #expect(rates.y == ["0.0000", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"])
    let tiny = ticks(try page([Series(name: "a", values: [0, 1e-8])]))
    #expect(tiny.y == ["0", "2e-9", "4e-9", "6e-9", "8e-9", "1e-8"])
    let signed = ticks(try page([Series(name: "a", values: [-10, 10])]))
    #expect(signed.y == ["-10", "-5", "0", "5", "10"])
    let large = ticks(try page([Series(name: "a", values: [0, 4e6])]))
    #expect(large.y == ["0", "1e6", "2e6", "3e6", "4e6"])
  }

  @Test(arguments: [1, 2, 3, 9, 30, 100, 1234, 40_000])
  func epochsAreWholeNumbers(_ count: Int) throws {
    let page = try page([Series(name: "a", values: (0..<count).map(Double.init))])
    let labels = ticks(page).x
    #expect((1...12).contains(labels.count))
    #expect(labels.allSatisfy { Int($0).map { (0...count).contains($0) } ?? false })
    #expect(Set(labels).count == labels.count)
  }

  @Test func anEmptyChartSaysSo() throws {
    for series in [[], [Series(name: "a", points: [])], [Series(name: "a", values: [.nan])]] {
      let page = try page(series, markers: [.init(x: 3, label: "here")])
      #expect(page.text.contains("No values yet"))
      #expect(page.elements("path").isEmpty && page.elements("circle").isEmpty)
    }
  }

  @Test func onePointIsADot() throws {
    let page = try page([Series(name: "a", values: [0.5])])
    #expect(page.elements("path").isEmpty)
    #expect(page.elements("circle", class: "dot").count == 1)
    #expect(ticks(page).x == ["1"])
  }

  @Test(arguments: [0, 1, -3, 0.94, 1e-300, 1e80, 5e9, -1e-20])
  func aConstantIsALevelLine(_ value: Double) throws {
    let page = try page([Series(name: "a", values: [value, value, value])])
    let path = try #require(page.elements("path").first?.attributes["d"])
    let heights = path.dropFirst().split(separator: "L").compactMap {
      $0.split(separator: " ").last
    }
    #expect(heights.count == 3 && Set(heights).count == 1)
    let labels = ticks(page).y
    #expect((2...12).contains(labels.count))
  }

  @Test func valuesThatAreNotFiniteAreGaps() throws {
    let page = try page([
      Series(name: "a", values: [1, 2, .nan, 3, .infinity, 4, 5, 6, 1e300, -.infinity])
    ])
    let lengths = page.elements("path").map { $0.attributes["d"]?.split(separator: "L").count }
    #expect(lengths == [2, 3])
    #expect(page.elements("circle", class: "dot").count == 6)
    #expect(page.elements("b").map(\.text) == ["6"])
    let cells = page.elements("td").map(\.text)
    #expect(cells.contains("not a number") && cells.contains("infinite"))
  }

  @Test func pointsTellTheirValues() throws {
    let page = try page(
      [Series(name: "validation", values: [0.25, 0.941])], format: .percent)
    #expect(
      page.elements("circle", class: "target").map(\.text)
        == ["validation · epoch 1 · 25.0%", "validation · epoch 2 · 94.1%"])
  }

  @Test func longCurvesKeepTheirPeaks() throws {
    var values = (0..<100_000).map { Double($0 % 7) }
    values[54_321] = 100
    let page = try page([Series(name: "a", values: values)])
    let path = try #require(page.elements("path").first?.attributes["d"])
    let heights = path.dropFirst().split(separator: "L")
      .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    #expect((400...900).contains(heights.count))
    // The highest value stands at the top of the plot, far above every other.
    #expect(heights.count { $0 < 50 } == 1)
    #expect(page.elements("circle").isEmpty && page.elements("details").isEmpty)
    #expect(page.html.utf8.count < 40_000)
  }

  @Test func namesAtTheEndsKeepApart() throws {
    let series = (0..<4).map { Series(name: "curve \($0)", values: [1, 2 + Double($0) * 1e-6]) }
    let page = try page(series)
    let heights = page.elements("text", class: "name")
      .compactMap { $0.attributes["y"].flatMap { Double($0) } }.sorted()
    #expect(heights.count == 4)
    #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 >= 16.9 })
  }

  @Test func markersStandWhereTheyHappened() throws {
    let page = try page(
      [Series(name: "a", values: [3, 2, 1])],
      markers: [.init(x: 2, label: "fine-tuning starts"), .init(x: .nan, label: "never")])
    let middle = page.elements("circle", class: "dot")[1].attributes["cx"]
    #expect(page.elements("line", class: "marker").map { $0.attributes["x1"] } == [middle])
    #expect(page.elements("text", class: "marker-label").map(\.text) == ["fine-tuning starts"])
  }
}
