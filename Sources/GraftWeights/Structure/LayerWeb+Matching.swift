extension LayerWeb {
  /// For each layer of this web, the position of the one that is the same in another; nil where there
  /// is none, or more than one.
  ///
  /// A layer is told by its kernel, its strides and what it reads, back to the network's input; where
  /// that is not enough (two branches that begin alike), also by what reads it. So a head that only one
  /// of the webs has disturbs nothing.
  func matches(in other: LayerWeb) -> [Int?] {
    var palette = Palette()
    let (mine, others) = (forwardColours(&palette), other.forwardColours(&palette))
    let common = Set(mine).intersection(others)
    let (fine, otherFine) = (
      refined(mine, within: common, &palette), other.refined(others, within: common, &palette)
    )
    let byColour = Self.positions(mine)
    let otherByColour = Self.positions(others)
    let byFineColour = Self.positions(fine)
    let otherByFineColour = Self.positions(otherFine)
    return layers.indices.map { index in
      let found = otherByColour[mine[index]] ?? []
      if byColour[mine[index]]?.count == 1, found.count == 1 {
        return fitting(index, found[0], other)
      }
      let finer = otherByFineColour[fine[index]] ?? []
      guard byFineColour[fine[index]]?.count == 1, finer.count == 1 else { return nil }
      return fitting(index, finer[0], other)
    }
  }

  /// The same layers in another order of padding would give other results.
  private func fitting(_ index: Int, _ position: Int, _ other: LayerWeb) -> Int? {
    guard let mine = layers[index].padding, let its = other.layers[position].padding else {
      return position
    }
    return mine == its ? position : nil
  }

  private static func positions(_ colours: [Int]) -> [Int: [Int]] {
    Dictionary(grouping: colours.indices, by: { colours[$0] })
  }

  /// A number for each layer, the same for layers that are equal up to the network's input.
  private func forwardColours(_ palette: inout Palette) -> [Int] {
    var colours: [Int] = []
    for layer in layers {
      var key = layer.shape + [-1] + layer.steps + [-2, palette.number(of: layer.hint)]
      for sources in layer.sources {
        key.append(-3)
        key += sources.map { $0 < 0 ? -4 : colours[$0] }.sorted()
      }
      colours.append(palette.number(of: key))
    }
    return colours
  }

  /// Colours that also tell what reads a layer, of those layers that both webs have.
  private func refined(
    _ colours: [Int], within common: Set<Int>, _ palette: inout Palette
  ) -> [Int] {
    let kept = layers.indices.filter { common.contains(colours[$0]) }
    var wires: [(source: Int, part: Int, target: Int)] = []
    for target in kept {
      for (part, sources) in layers[target].sources.enumerated() {
        for source in sources where source >= 0 && common.contains(colours[source]) {
          wires.append((source, part, target))
        }
      }
    }
    var colours = colours
    // Differences travel one layer a round; branches are joined again long before that.
    for _ in 0..<24 {
      var keys = colours.map { [$0] }
      var around = [[[Int]]](repeating: [], count: layers.count)
      for wire in wires {
        around[wire.source].append([-5, wire.part, colours[wire.target]])
        around[wire.target].append([-6, wire.part, colours[wire.source]])
      }
      for index in kept {
        keys[index] += around[index].sorted { $0.lexicographicallyPrecedes($1) }.joined()
      }
      colours = keys.map { palette.number(of: $0) }
    }
    return colours
  }
}

/// Numbers for keys, the same for equal ones.
private struct Palette {
  private var numbers: [[Int]: Int] = [:]
  private var names: [String: Int] = [:]

  mutating func number(of key: [Int]) -> Int {
    if let number = numbers[key] { return number }
    numbers[key] = numbers.count
    return numbers.count - 1
  }

  mutating func number(of name: String) -> Int {
    if let number = names[name] { return number }
    names[name] = names.count
    return names.count - 1
  }
}
