/// The names that a mistyped one probably meant.
enum NearestNames {
  /// The `count` names of the fewest edits away, the nearest first.
  static func of(_ name: String, among names: some Sequence<String>, count: Int = 4) -> [String] {
    let characters = Array(name.lowercased().utf8)
    let ranked = names.map { (distance: edits(characters, Array($0.lowercased().utf8)), name: $0) }
    return ranked.sorted { $0 < $1 }.prefix(count).map(\.name)
  }

  /// Levenshtein's distance.
  private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
