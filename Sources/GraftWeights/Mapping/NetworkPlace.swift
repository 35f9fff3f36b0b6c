/// Where in a file a network lies, and what that says of its weights.
struct NetworkPlace {
  /// What the words on the way to a network tell; the lesser, the sooner it is taken.
  enum Kind: Int {
    /// Averaged over the training, which is what timm and others evaluate.
    case averaged
    case plain
    /// The copy that follows slowly while another learns: key encoder, target, teacher.
    case follower
  }

  /// Empty, or with a dot at its end.
  let prefix: String

  init(_ prefix: String) { self.prefix = prefix }

  /// Without the dot.
  var name: String { String(prefix.dropLast()) }

  var kind: Kind {
    let words = prefix.lowercased().split { !$0.isLetter }
    if words.contains(where: { Self.averages.contains($0) || $0.hasSuffix("ema") }) {
      return .averaged
    }
    return words.contains { Self.followers.contains($0) } ? .follower : .plain
  }

  private static let averages: Set<Substring> = [
    "ema", "swa", "average", "averaged", "avg", "polyak", "shadow",
  ]
  private static let followers: Set<Substring> = [
    "k", "key", "target", "teacher", "momentum", "follower",
  ]
}

extension WeightFile {
  /// The one of several networks in the file that is usually meant.
  ///
  /// - Throws: `WeightFileError` where there is no such one.
  func usual(
    of fitting: [(place: NetworkPlace, assignment: WeightAssignment)]
  ) throws -> WeightAssignment {
    let least = fitting.map(\.place.kind.rawValue).min()
    let best = fitting.filter { $0.place.kind.rawValue == least }
    guard let place = best.first?.place, var result = best.first?.assignment else {
      preconditionFailure("nothing to choose from")
    }
    for (_, other) in best.dropFirst() where try !result.hasValues(of: other) {
      let names = best.map(\.place.name)
      throw WeightFileError(
        file: url.path, problem: .ambiguous(names),
        explanation: "holds \(names.count) networks that fit: \(names.joined(separator: ", ")); "
          + "say which one is meant, as in \(url.lastPathComponent)#\(names[0])")
    }
    result.note(place, in: self)
    let others = fitting.filter { $0.place.prefix != place.prefix }.map(\.place.name)
    if !others.isEmpty {
      let kind = place.kind == .averaged ? "the averaged weights " : ""
      result.notes.append(
        "\(url.lastPathComponent): of several networks that fit, \(kind)\(place.name) is taken, not "
          + "\(others.joined(separator: ", ")); \(url.lastPathComponent)#\(others[0]) means that one"
      )
    }
    return result
  }

  var withoutTensors: WeightFileError {
    WeightFileError(
      file: url.path, problem: .unsupported,
      explanation:
        "holds no tensors, and so no network; give the file that a model's state_dict() or "
        + "weights were saved to")
  }

  func nothing(under key: Substring) -> WeightFileError {
    var seen: Set<Substring> = []
    let keys = tensors.map { $0.name.prefix { $0 != "." } }.filter { seen.insert($0).inserted }
    let more = keys.count > 8 ? ", ..." : ""
    return WeightFileError(
      file: url.path, problem: .unsupported,
      explanation: "has no tensors under '\(key)', but under: "
        + keys.prefix(8).joined(separator: ", ") + more)
  }
}

extension WeightAssignment {
  /// Tells where the network lies and what is left out beside it.
  mutating func note(_ place: NetworkPlace, in file: WeightFile) {
    guard !place.prefix.isEmpty else { return }
    let title = file.url.lastPathComponent
    notes.append("\(title): the weights are those under \(place.name)")
    var counts: [(String, Int)] = []
    for name in ignored where !name.hasPrefix(place.prefix) {
      let group = Self.group(name, beside: place.prefix)
      if counts.last?.0 == group {
        counts[counts.count - 1].1 += 1
      } else {
        counts.append((group, 1))
      }
    }
    guard !counts.isEmpty else { return }
    let shown = counts.prefix(8).map { $1 > 1 ? "\($0) (\($1) tensors)" : $0 }
    notes.append(
      "\(title): left out beside them: \(shown.joined(separator: ", "))"
        + (counts.count > 8 ? ", ..." : ""))
  }

  /// A name up to the first part in which it differs from a prefix.
  private static func group(_ name: String, beside prefix: String) -> String {
    let own = prefix.split(separator: ".")
    let parts = name.split(separator: ".")
    let common = zip(own, parts).prefix { $0 == $1 }.count
    return parts.prefix(common + 1).joined(separator: ".")
  }

  /// Whether two networks of one file are the same, as where one is saved under two names.
  func hasValues(of other: WeightAssignment) throws -> Bool {
    for (path, tensor) in tensors {
      guard let twin = other[path], try tensor.stored.load() == twin.stored.load() else {
        return false
      }
    }
    return true
  }
}
