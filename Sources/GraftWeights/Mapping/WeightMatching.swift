import GraftGraph

/// Matches the tensors of one file with the parameters of one model, one tensor at a time.
struct WeightMatching {
  private let layout: WeightLayout
  private let head: HeadChoice
  /// The kernel that is adapted to the channels of the model's images.
  private let stem: ParameterPath?
  private let family: KerasLayerFamily?
  private let parameters: [Parameter]
  private let positions: [ParameterPath: Int]
  /// For each class of the model, its place in the file's head.
  private let columns: [Int]?
  private let fileClassCount: Int
  private var assignment = WeightAssignment()
  private var mismatch: WeightMismatch
  private var names: [String] = []
  /// Tensors of layers that are a user's own.
  private var foreign: [(name: String, layer: String)] = []

  init(
    layout: WeightLayout, head: HeadChoice, parameters: [Parameter], stem: ParameterPath?,
    family: KerasLayerFamily?, file: String
  ) {
    (self.layout, self.head, self.stem, self.family) = (layout, head, stem, family)
    self.parameters = parameters
    positions = Dictionary(
      parameters.enumerated().map { ($1.path, $0) },
      uniquingKeysWith: { _, _ in preconditionFailure("two parameters have the same path") })
    mismatch = WeightMismatch(file: file)
    guard case .classes(let classes, let fileClasses, _) = head else {
      (columns, fileClassCount) = (nil, 0)
      return
    }
    let places = Dictionary(
      fileClasses.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    columns = classes.compactMap { places[$0] }
    fileClassCount = fileClasses.count
    mismatch.unknownClasses = classes.filter { places[$0] == nil }
  }

  /// Leaves out a tensor that stands apart from the network's.
  mutating func leaveOut(_ tensor: StoredTensor) { assignment.ignored.append(tensor.name) }

  /// Gives a tensor of the file its use.
  mutating func take(_ tensor: StoredTensor, as path: ParameterPath, isIgnored: Bool) {
    names.append(path.description)
    if isIgnored {
      assignment.ignored.append(tensor.name)
    } else if columns == nil && head.covers(path.description) {
      assignment.dropped.append(tensor.name)
    } else if let position = positions[path] {
      assign(tensor, to: parameters[position])
    } else if tensor.shape.rank == 0, tensor.elementType.isInteger {
      // A counter, such as the number of averaged models: no parameter of any network.
      assignment.ignored.append(tensor.name)
    } else if let family, !family.mayOwn(path.description) {
      foreign.append((tensor.name, Self.kerasLayer(path.description)))
    } else {
      mismatch.leftOver.append(tensor.name)
    }
  }

  /// Tells the user more of how the file was read.
  mutating func note(_ sentences: [String]) { assignment.notes += sentences }

  private mutating func assign(_ tensor: StoredTensor, to parameter: Parameter) {
    let path = parameter.path
    if let other = assignment.tensors[path] {
      mismatch.ambiguous += [other.name, tensor.name]
      return
    }
    var inFile = parameter
    let columns = head.covers(path.description) ? columns : nil
    if columns != nil, let last = inFile.type.shape.extents.indices.last {
      inFile.type.shape.extents[last] = fileClassCount
    }
    let arrangement = AxisArrangement(layout, inFile)
    if arrangement.accepts(tensor.shape) {
      assignment.tensors[path] = AssignedTensor(
        stored: tensor.arranged(by: arrangement, as: inFile.type.shape), columns: columns)
    } else if path == stem, let adapted = adapted(tensor, to: parameter) {
      assignment.tensors[path] = adapted
    } else {
      mismatch.wrongShapes.append(
        .init(
          path: path, name: tensor.name, expected: Shape(arrangement.storedExtents),
          found: tensor.shape))
    }
  }

  /// A kernel for images of three channels as one for those of the model.
  private func adapted(_ tensor: StoredTensor, to parameter: Parameter) -> AssignedTensor? {
    var inFile = parameter
    inFile.type.shape.extents[2] = 3
    let arrangement = AxisArrangement(layout, inFile)
    guard arrangement.accepts(tensor.shape) else { return nil }
    return AssignedTensor(
      stored: tensor.arranged(by: arrangement, as: inFile.type.shape), columns: nil,
      imageChannels: parameter.type.shape[2])
  }

  /// The assignment, once every tensor has been taken.
  ///
  /// - Parameter isLacking: Whether the file need not have the parameter of a path.
  /// - Throws: `WeightMismatch`.
  consuming func finish(lacking isLacking: (String) -> Bool) throws -> WeightAssignment {
    let wrong = Set(mismatch.wrongShapes.map(\.path))
    for parameter in parameters where assignment.tensors[parameter.path] == nil {
      let path = parameter.path.description
      if isLacking(path) || columns == nil && head.covers(path) {
        assignment.fresh.append(parameter.path)
      } else if !wrong.contains(parameter.path) {
        mismatch.missing.append(parameter.path)
      }
    }
    guard !mismatch.isEmpty else {
      leaveOutForeign()
      return assignment
    }
    mismatch.hint = hint()
    throw mismatch
  }

  private mutating func leaveOutForeign() {
    guard !foreign.isEmpty else { return }
    assignment.dropped += foreign.map(\.name)
    let layers = Set(foreign.map(\.layer)).sorted()
    let shown = layers.prefix(8).joined(separator: ", ") + (layers.count > 8 ? ", ..." : "")
    assignment.notes.append(
      "left out \(layers.count) layers that are not the network's: \(shown)")
  }

  private static func kerasLayer(_ name: String) -> String {
    name.lastIndex(of: "/").map { String(name[..<$0]) } ?? name
  }

  private func hint() -> String? {
    let expected = parameters.map(\.path.description)
    let wrong = mismatch.wrongShapes
    let lastLayer = parameters.last.map { Self.layer($0.path.description) }
    if mismatch.missing.isEmpty, mismatch.leftOver.isEmpty, !wrong.isEmpty,
      wrong.allSatisfy({ Self.layer($0.path.description) == lastLayer })
    {
      return "only the classifier differs: choose new classes, or a model without top"
    }
    if assignment.tensors.isEmpty, !names.isEmpty, names.allSatisfy(Self.isOfOptimizer) {
      return "the file holds the state of an optimizer and no network"
    }
    if let found = Architecture.guess(wrapped: names), found != Architecture.guess(expected) {
      let wanted = Architecture.guess(expected).map { ", the model like \($0)" } ?? ""
      return "the file looks like \(found)\(wanted)"
    }
    if mismatch.missing.isEmpty, wrong.isEmpty, !mismatch.leftOver.isEmpty {
      return "the model uses only a part of the file: if that is meant, choose a model without top"
    }
    return nil
  }

  /// Whether a tensor is what PyTorch's optimizers keep for a parameter.
  private static func isOfOptimizer(_ name: String) -> Bool {
    let kept: Set<Substring> = [
      "momentum_buffer", "exp_avg", "exp_avg_sq", "max_exp_avg_sq", "square_avg", "grad_avg",
      "step",
    ]
    return name.split(separator: ".").last.map(kept.contains) ?? false
  }

  private static func layer(_ path: String) -> String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
  }
}
