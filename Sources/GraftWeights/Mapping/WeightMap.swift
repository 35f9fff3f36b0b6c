import GraftGraph

/// How the names and layouts of a source's files relate to a model's.
public struct WeightMap: Sendable, Hashable {
  /// The order of axes in the file.
  public var layout: WeightLayout
  /// Applied in order to every name of the file; names equal to the model's paths need none.
  public var rules: [NameRule]
  /// Regular expressions of names, as the file has them, that no model needs.
  public var ignoring: [String]
  /// Regular expressions of the model's paths that files of the source don't have, since it never
  /// trains them: they keep their initial values.
  public var lacking: [String]
  /// What the names of the network's layers look like, where tensors of other layers are taken for a
  /// user's own and left out; nil where every tensor has to find a use.
  public var family: KerasLayerFamily?

  /// A map of names and layouts.
  ///
  /// - Parameters:
  ///   - rules: Applied in order to every name of the file.
  ///   - ignoring: Regular expressions of names that no model needs.
  ///   - lacking: Regular expressions of the model's paths that files of the source don't have.
  public init(
    layout: WeightLayout, rules: [NameRule] = [], ignoring: [String] = [], lacking: [String] = []
  ) {
    (self.layout, self.rules) = (layout, rules)
    (self.ignoring, self.lacking) = (ignoring, lacking)
  }

  /// torchvision's and timm's files, whose names are Graft's paths.
  public static let torch = WeightMap(
    layout: .torch, ignoring: [#"(^|\.)num_batches_tracked$"#])
  /// Graft's own files.
  public static let graft = WeightMap(layout: .graft)

  /// The name in a file that a prefix rule turns into a path, if one does.
  package func fileName(of path: ParameterPath) -> String? {
    guard let translator = try? NameTranslator(rules, ignoring: []) else { return nil }
    for case .prefix(let prefix, let replacement) in rules
    where path.description.hasPrefix(replacement) {
      let name = prefix + path.description.dropFirst(replacement.count)
      if translator.path(for: name) == path { return name }
    }
    return nil
  }

  /// The tensors of a model as a source of this layout writes them, for a writer of files.
  ///
  /// - Parameters:
  ///   - parameters: The parameters to write.
  ///   - name: The name that the file gives a parameter; its path by default.
  ///   - load: Gives the value of a parameter, in Graft's layout.
  public func writableTensors(
    _ parameters: [Parameter], named name: (Parameter) -> String = { $0.path.description },
    load: @escaping @Sendable (Parameter) throws -> [Float]
  ) -> [WritableTensor] {
    parameters.map { parameter in
      let arrangement = AxisArrangement(layout, parameter)
      return WritableTensor(
        name: name(parameter), shape: Shape(arrangement.storedExtents),
        load: { arrangement.storedElements(try load(parameter)) })
    }
  }
}
