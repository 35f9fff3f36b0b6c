extension LineChart.Series {
  /// More points than this are drawn as a line alone, without dots.
  static let greatestDotCount = 60

  /// The stretches between gaps.
  var runs: [ArraySlice<LineChart.Point>] { points.split { !$0.isDrawable } }

  /// A stretch with so many points left that the drawing looks the same: of each bucket of
  /// neighbours, the lowest and the highest in their order, and both ends of the stretch.
  static func thinned(
    _ run: ArraySlice<LineChart.Point>, bucketCount: Int = 400
  ) -> [LineChart.Point] {
    guard run.count > 2 * bucketCount, let first = run.first, let last = run.last else {
      return Array(run)
    }
    var kept = [first]
    for bucket in 0..<bucketCount {
      let start = run.startIndex + run.count * bucket / bucketCount
      let end = run.startIndex + run.count * (bucket + 1) / bucketCount
      let indices = start..<end
      guard let lowest = indices.min(by: { run[$0].y < run[$1].y }),
        let highest = indices.max(by: { run[$0].y < run[$1].y })
      else { continue }
      kept.append(run[min(lowest, highest)])
      if lowest != highest { kept.append(run[max(lowest, highest)]) }
    }
    return kept + [last]
  }
}
