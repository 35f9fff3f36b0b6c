import GraftGraph

extension WeightMap {
  /// The same as `assign` for files that number a network's children where the network names them, as
  /// `nn.Sequential(*list(net.children())[:-1])` of PyTorch does (`0.weight`, `4.0.conv1.weight`), and
  /// for files of what lies in a network's only child (`net.features.state_dict()`).
  ///
  /// The numbers are taken in their order for the children in theirs. That is no guess: every parameter
  /// has to be found then, by the rest of its name and its shape. Children behind the network's last, a
  /// head of a user's own, are left out with a note.
  ///
  /// - Parameter children: The names of the network's children in order, in one or several ways.
  /// - Returns: Nil where the file has no such network.
  /// - Throws: `WeightFileError` where several fit and none of them is the usual choice.
  public func assignNumbered(
    _ file: WeightFile, to parameters: [Parameter], head: HeadChoice = .whole,
    adaptingChannelsOf stem: ParameterPath? = nil, under key: String? = nil, children: [[String]]
  ) throws -> WeightAssignment? {
    let base = key.map { $0 + "." } ?? ""
    let numbered = file.prefixesOfNumbers(under: base).flatMap { prefix in
      children.compactMap { file.naming(childrenOf: prefix, $0) }
    }
    var fitting: [(place: NetworkPlace, assignment: WeightAssignment)] = []
    var known: Set<String> = []
    func tryOut(_ file: WeightFile, _ prefix: String) throws -> Bool {
      guard known.insert(prefix).inserted else { return false }
      guard let found = try fit(file, prefix, parameters, head, stem) else {
        known.remove(prefix)
        return false
      }
      fitting.append((NetworkPlace(prefix), found))
      return true
    }
    for candidate in numbered where try tryOut(candidate.file, candidate.prefix) {
      // What lies in its first child alone is the same network.
      known.insert(candidate.first)
    }
    let attempt = try Attempt(self, file, parameters, head, stem)
    let names = file.tensors.map(\.name).filter { $0.hasPrefix(base) }
    for child in Set(children.compactMap(\.first)).sorted() {
      let search = PrefixSearch(names, under: base, for: attempt.wanted) {
        attempt.translator.path(for: child + "." + $0)
      }
      // Where the child has its name, nothing is missing from it.
      for prefix in search.prefixes where prefix != child + "." && !prefix.hasSuffix(".\(child).") {
        _ = try tryOut(file.moving(prefix, below: child), prefix)
      }
    }
    return fitting.isEmpty ? nil : try file.usual(of: fitting)
  }

  private func fit(
    _ file: WeightFile, _ prefix: String, _ parameters: [Parameter], _ head: HeadChoice,
    _ stem: ParameterPath?
  ) throws -> WeightAssignment? {
    do {
      return try Attempt(self, file, parameters, head, stem).assignment(under: prefix)
    } catch is WeightMismatch {
      return nil
    }
  }
}

extension WeightFile {
  /// Nobody wraps a network more deeply, and no file of one network has more lists.
  private static let greatestDepth = 16
  private static let greatestListCount = 8

  /// Whether most names begin with a number, so that nothing in them tells the network.
  package var numbersItsLayers: Bool {
    2 * tensors.count { $0.name.first?.isNumber ?? false } > tensors.count
  }

  /// Where names go on with numbers, those with the most tensors first.
  fileprivate func prefixesOfNumbers(under base: String) -> [String] {
    var counts: [String: Int] = [:]
    for name in tensors.map(\.name) where name.hasPrefix(base) {
      var start = name.index(name.startIndex, offsetBy: base.count)
      for _ in 0..<Self.greatestDepth {
        guard let dot = name[start...].firstIndex(of: ".") else { break }
        if Int(name[start..<dot]) != nil { counts[String(name[..<start]), default: 0] += 1 }
        start = name.index(after: dot)
      }
    }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return sorted.prefix(Self.greatestListCount).map(\.key)
  }

  /// The file with what is behind a prefix as what lies in a child of the network.
  fileprivate func moving(_ prefix: String, below child: String) -> WeightFile {
    let moved = tensors.map { tensor in
      tensor.name.hasPrefix(prefix)
        ? tensor.renamed(prefix + child + "." + tensor.name.dropFirst(prefix.count)) : tensor
    }
    return replacing(moved, notes: notes)
  }

  /// The file with names for the numbers behind a prefix, and where the first of them was; nil where two
  /// tensors would have one name.
  fileprivate func naming(childrenOf prefix: String, _ names: [String]) -> NumberedChildren? {
    func number(_ tensor: StoredTensor) -> Int? {
      guard tensor.name.hasPrefix(prefix) else { return nil }
      return Int(tensor.name.dropFirst(prefix.count).prefix { $0 != "." })
    }
    let numbers = Set(tensors.compactMap(number)).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(numbers, names))
    var (named, rest): ([StoredTensor], Set<Int>) = ([], [])
    for tensor in tensors {
      guard let number = number(tensor) else {
        named.append(tensor)
        continue
      }
      if let name = places[number] {
        let tail = tensor.name.dropFirst(prefix.count + "\(number)".count)
        named.append(tensor.renamed(prefix + name + tail))
      } else {
        rest.insert(number)
      }
    }
    guard let first = numbers.first, Set(named.map(\.name)).count == named.count else { return nil }
    let notes = notes + Self.notes(url.lastPathComponent, places, rest.sorted())
    return NumberedChildren(
      prefix: prefix, first: "\(prefix)\(first).", file: replacing(named, notes: notes))
  }

  private static func notes(_ file: String, _ places: [Int: String], _ rest: [Int]) -> [String] {
    let pairs = places.sorted { $0.key < $1.key }.map { "\($0) is \($1)" }
    let told = "\(file): numbers are taken for the network's layers in order: "
    let left =
      "\(file): left out what is numbered on: \(rest.map(String.init).joined(separator: ", "))"
    return [told + pairs.joined(separator: ", ")] + (rest.isEmpty ? [] : [left])
  }
}

/// A file with names for the numbers behind a prefix.
private struct NumberedChildren {
  let prefix: String
  /// The prefix of what is in the child with the least number.
  let first: String
  let file: WeightFile
}
