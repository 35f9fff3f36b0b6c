/// What tracing learns about a model beside its graph: layers, aliases, the random seeds.
final class TraceRecord {
  private struct Entry {
    var name: String
    var layer: String?
    var kind = ""
    var isLeaf = false
    var value: Value
    var parameters: Range<Int>
  }

  let builder: GraphBuilder
  private var entries: [Entry] = []
  private var positions: [String: Int] = [:]
  private(set) var parts: [TracedPart] = []
  private var layerCount = 0
  private var streamCount = 0
  private var knownSeeds: Symbol?

  init(_ builder: GraphBuilder) { self.builder = builder }

  private var parameterCount: Int { builder.graph.parameters.count }

  /// The input that makes dropouts differ from sample to sample and from epoch to epoch, declared at
  /// first use.
  func seeds(for batch: Symbol) -> Symbol {
    if let knownSeeds { return knownSeeds }
    let type = TensorType([batch.shape.extents.first ?? 1, 2], .int32)
    let seeds = builder.input("seeds", type, kind: .control)
    knownSeeds = seeds
    return seeds
  }

  /// The number of the next dropout.
  func nextStream() -> Int {
    defer { streamCount += 1 }
    return streamCount
  }

  /// Traces the layer named `path`, noting which parameters it declares and whether it holds layers.
  func layer(_ path: String, kind: String, _ trace: () -> Symbol) -> Symbol {
    let outer = builder.layer
    builder.layer = path
    defer { builder.layer = outer }
    layerCount += 1
    let (number, first) = (layerCount, parameterCount)
    let output = trace()
    guard !path.isEmpty else { return output }
    add(
      Entry(
        name: path, layer: path, kind: kind, isLeaf: layerCount == number, value: output.value,
        parameters: first..<parameterCount))
    return output
  }

  /// Traces a part at `path` and notes where its parameters are, unless that is known.
  func part<Result>(_ part: some Sendable, path: String, _ trace: () -> Result) -> Result {
    let first = parameterCount
    let output = trace()
    if !parts.contains(where: { $0.path == path && type(of: $0.part) == type(of: part) }) {
      parts.append(TracedPart(part: part, path: path, parameters: first..<parameterCount))
    }
    return output
  }

  /// Notes a further name for a value; `layer` is where its parameters are found.
  func offer(_ symbol: Symbol, as name: String, of layer: String?) {
    add(
      Entry(
        name: name, layer: layer, value: symbol.value, parameters: parameterCount..<parameterCount))
  }

  /// All names, in the order in which their values are computed.
  ///
  /// Where a name is used again, by a layer that shares its parameters, the last value counts.
  func endpoints() -> [Endpoint] {
    entries.map { entry in
      let owner = entry.layer.flatMap { positions[$0] }.map { entries[$0].parameters }
      return Endpoint(
        name: entry.name, layer: entry.layer, kind: entry.kind, isLeaf: entry.isLeaf,
        value: entry.value, type: builder.type(of: entry.value),
        parameters: owner ?? entry.parameters)
    }
  }

  private func add(_ entry: Entry) {
    builder.offer(builder.symbol(entry.value), as: entry.name)
    if let position = positions[entry.name] {
      // A name of the value only adds nothing to that of the layer that gives it.
      guard entry.layer != nil || entries[position].value != entry.value else { return }
      var entry = entry
      let earlier = entries[position].parameters
      if !earlier.isEmpty { entry.parameters = earlier }
      entries[position] = entry
    } else {
      positions[entry.name] = entries.count
      entries.append(entry)
    }
  }
}
