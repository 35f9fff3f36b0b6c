import GraftGraph

extension WeightMap {
  /// Finds a tensor of the file for every parameter, and a use for every tensor of the network.
  ///
  /// Where in the file the network lies is told by its parameters: in a dictionary of a checkpoint,
  /// under the attribute of a wrapper, or both, such as `state_dict.module.backbone`. What stands
  /// beside it there is ignored, what stands among its own tensors must have a use. Of several
  /// networks that fit, averaged weights are preferred to plain ones and these to the slow copies that
  /// self-supervised training keeps (teacher, target, key encoder); `notes` tells the choice.
  ///
  /// - Parameters:
  ///   - file: The opened file; no tensor of it is read yet.
  ///   - parameters: All parameters of the model.
  ///   - head: What becomes of the classifier.
  ///   - stem: The convolution kernel that reads the images, where a file made for three channels is
  ///     to be adapted to the number of channels of the model's.
  ///   - key: Where in the file to look, such as `state_dict` or `model.encoder_k`; by default
  ///     everywhere.
  /// - Throws: `WeightMismatch` with everything that is missing, left over, or of another shape;
  ///   `WeightFileError` where several networks fit and none of them is the usual choice, or where
  ///   there is nothing under `key`.
  public func assign(
    _ file: WeightFile, to parameters: [Parameter], head: HeadChoice = .whole,
    adaptingChannelsOf stem: ParameterPath? = nil, under key: String? = nil
  ) throws -> WeightAssignment {
    let base = key.map { $0 + "." } ?? ""
    let tensors = file.tensors.filter { $0.name.hasPrefix(base) }
    guard key == nil || !tensors.isEmpty else { throw file.nothing(under: base.dropLast()) }
    guard !file.tensors.isEmpty else { throw file.withoutTensors }
    let attempt = try Attempt(self, file, parameters, head, stem)
    var nearest: WeightMismatch
    do {
      var result = try attempt.assignment(under: base)
      result.note(NetworkPlace(base), in: file)
      return result
    } catch let mismatch as WeightMismatch { nearest = mismatch }
    let search = PrefixSearch(
      tensors.map(\.name), under: base, for: attempt.wanted, translate: attempt.translator.path)
    var fitting: [(place: NetworkPlace, assignment: WeightAssignment)] = []
    for prefix in search.prefixes {
      do {
        fitting.append((NetworkPlace(prefix), try attempt.assignment(under: prefix)))
      } catch let mismatch as WeightMismatch {
        if mismatch.count < nearest.count { nearest = mismatch }
      }
    }
    guard !fitting.isEmpty else { throw nearest }
    return try file.usual(of: fitting)
  }
}

/// Matches a file with a model for one place after the other where the network may lie.
struct Attempt {
  let translator: NameTranslator
  private let map: WeightMap
  private let file: WeightFile
  private let parameters: [Parameter]
  private let head: HeadChoice
  private let stem: ParameterPath?
  private let lacking: NameTranslator

  init(
    _ map: WeightMap, _ file: WeightFile, _ parameters: [Parameter], _ head: HeadChoice,
    _ stem: ParameterPath?
  ) throws {
    (self.map, self.file, self.parameters) = (map, file, parameters)
    (self.head, self.stem) = (head, stem)
    translator = try NameTranslator(map.rules, ignoring: map.ignoring)
    lacking = try NameTranslator([], ignoring: map.lacking)
  }

  /// The parameters that the file must have.
  var wanted: Set<ParameterPath> {
    Set(
      parameters.map(\.path).filter { path in
        !lacking.ignores(path.description) && !head.omits(path.description)
      })
  }

  /// What the tensors give whose names begin with a prefix; the others are left out.
  func assignment(under prefix: String) throws -> WeightAssignment {
    var matching = WeightMatching(
      layout: map.layout, head: head, parameters: parameters, stem: stem, family: map.family,
      file: file.url.path)
    for tensor in file.tensors {
      guard tensor.name.hasPrefix(prefix) else {
        matching.leaveOut(tensor)
        continue
      }
      let name = String(tensor.name.dropFirst(prefix.count))
      matching.take(tensor, as: translator.path(for: name), isIgnored: translator.ignores(name))
    }
    matching.note(file.notes)
    return try matching.finish(lacking: lacking.ignores)
  }
}
