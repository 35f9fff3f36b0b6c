import GraftGraph
import GraftModels

extension Learner {
  /// Starts the head with what another model learned: hidden layers as they are, and of the last
  /// layer the outputs of the classes that both models have, by name. Other classes keep what they
  /// have.
  ///
  /// - Returns: The classes that were taken over.
  /// - Throws: ``BundleError/otherHead(path:layer:expected:found:)`` where the heads are built of
  ///   other layers; ``BundleError/noCommonClass(path:classes:)``; what reading values throws.
  @discardableResult
  public func takeHead(of bundle: ModelBundle) throws -> [String] {
    let own = try model.outline().headParameters
    let others = try bundle.model.outline().headParameters
    let store = try parameters()
    guard own.map(\.path) == others.map(\.path), let last = own.last?.path.layer else {
      throw BundleError.otherHead(
        path: bundle.url.path, layer: others.map(\.path.description).joined(separator: ", "),
        expected: own.map(\.path.description).joined(separator: ", "))
    }
    let known = bundle.model.classNames
    let columns = model.classNames.map { known.firstIndex(of: $0) }
    let taken = model.classNames.filter(known.contains)
    guard !taken.isEmpty else {
      throw BundleError.noCommonClass(path: bundle.url.path, classes: known)
    }
    var values: [ParameterPath: [Float]] = [:]
    for (parameter, other) in zip(own, others) {
      guard let tensor = bundle.weights[other.path] else { continue }
      let isLast = parameter.path.layer == last
      guard isLast ? parameter.hasClasses(columns.count, other, known.count) : parameter == other
      else { throw mismatch(bundle, parameter, other) }
      values[parameter.path] =
        isLast
        ? try store.values(at: parameter.path).replacingColumns(
          by: tensor.load(), columns, of: known.count)
        : try tensor.load()
    }
    // Graphs may hold forms of the old values.
    try device.turns.wait { try engine.reset() }
    for parameter in own {
      if let value = values[parameter.path] {
        store.set(parameter.path, shape: parameter.type.shape, to: value)
      }
    }
    return taken
  }

  private func mismatch(_ bundle: ModelBundle, _ own: Parameter, _ other: Parameter) -> BundleError
  {
    .otherHead(
      path: bundle.url.path, layer: "\(other.path) of \(other.type.shape)",
      expected: "\(own.path) of \(own.type.shape)")
  }
}

extension Parameter {
  /// Whether two parameters of last layers differ in nothing but the number of classes.
  fileprivate func hasClasses(_ count: Int, _ other: Parameter, _ otherCount: Int) -> Bool {
    let (extents, otherExtents) = (type.shape.extents, other.type.shape.extents)
    return extents.last == count && otherExtents.last == otherCount
      && extents.dropLast() == otherExtents.dropLast()
  }
}

extension ParameterPath {
  /// The path of the layer that the parameter belongs to.
  fileprivate var layer: String {
    description.lastIndex(of: ".").map { String(description[..<$0]) } ?? ""
  }
}

extension [Float] {
  /// Rows in which some columns are those of other rows.
  fileprivate func replacingColumns(by other: [Float], _ columns: [Int?], of width: Int) -> [Float]
  {
    var result = self
    for row in 0..<(count / Swift.max(columns.count, 1)) {
      for (column, source) in columns.enumerated() {
        if let source { result[row * columns.count + column] = other[row * width + source] }
      }
    }
    return result
  }
}
