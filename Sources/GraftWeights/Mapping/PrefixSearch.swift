import GraftGraph

/// Where in a file a network may lie: the prefixes of names under which its parameters stand.
///
/// No list of wrappers is needed: each name is cut at each of its dots, and a cut whose rest is a
/// parameter of the network speaks for what stands before it.
struct PrefixSearch {
  /// Nobody wraps a network more deeply.
  private static let greatestDepth = 16

  /// The prefixes, each empty or with a dot at its end, under which all parameters stand; where
  /// there is none, the one under which most do, if they are more than half.
  let prefixes: [String]

  /// - Parameters:
  ///   - names: Names of the file, all of which begin with `base`.
  ///   - translate: The parameter that a name without its prefix means.
  init(
    _ names: [String], under base: String, for wanted: Set<ParameterPath>,
    translate: (String) -> ParameterPath
  ) {
    var found: [String: Set<ParameterPath>] = [:]
    for name in names {
      var start = name.index(name.startIndex, offsetBy: base.count)
      for _ in 0..<Self.greatestDepth {
        let path = translate(String(name[start...]))
        if wanted.contains(path) { found[String(name[..<start]), default: []].insert(path) }
        guard let dot = name[start...].firstIndex(of: ".") else { break }
        start = name.index(after: dot)
      }
    }
    let complete = found.filter { $0.value.count == wanted.count }.keys.sorted()
    let nearest = found.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    let close = nearest.flatMap { 2 * $0.value.count > wanted.count ? [$0.key] : nil } ?? []
    prefixes = complete.isEmpty ? close : complete
  }
}
