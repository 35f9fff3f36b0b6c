import GraftGraph

extension WeightFile {
  /// The same file with its tensors named as the parameters of a network of the same structure, or nil
  /// where the format has none.
  ///
  /// Exporters rename tensors and fold normalizations into the kernels before them. The layers are
  /// matched by what they read and what reads them; a normalization that was folded away becomes one
  /// that changes nothing but adds the bias. Tensors of other layers are left out.
  ///
  /// - Parameters:
  ///   - graph: The network as it predicts, before anything is folded.
  ///   - layout: Of the names' source: whether dense kernels are (inputs, outputs).
  package func renamed(after graph: Graph, _ layout: WeightLayout) throws -> WeightFile? {
    guard let steps = network else { return nil }
    let stored = tensors(renamedBy: steps)
    var (mine, its) = (NetworkLayers(graph), ONNXLayers(steps, stored))
    guard !mine.web.isTooLarge, !its.web.isTooLarge else { return nil }
    let names = Set(mine.parameters.compactMap { $0.kernel?.description })
      .intersection(its.tensors.compactMap(\.kernel))
    mine.hint(by: names)
    its.hint(by: names)
    var result = RenamedTensors(stored, layout, bytes: bytes)
    for (index, match) in mine.web.matches(in: its.web).enumerated() {
      guard let match else { continue }
      let channelCount = mine.web.layers[index].shape[0]
      try result.take(its.tensors[match], for: mine.parameters[index], channelCount)
    }
    let wanted = Set(graph.parameters.map(\.path.description))
    return replacing(result.complete(wanted), notes: notes + result.notes)
  }
  /// The tensors by name, and by the names that steps give them: equal tensors are written once.
  private func tensors(renamedBy steps: [ONNXStep]) -> [String: StoredTensor] {
    var stored = Dictionary(
      tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for step in steps where step.operation == "Identity" && step.inputs.count == 1 {
      guard let name = step.outputs.first, stored[name] == nil else { continue }
      stored[name] = stored[step.inputs[0]]?.renamed(name)
    }
    return stored
  }
}
