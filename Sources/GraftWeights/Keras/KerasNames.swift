/// Names of the form `layer/variable` for the datasets of a Keras file.
struct KerasNames {
  /// One name for each path, in the same order.
  private(set) var names: [String]

  /// A path, taken apart.
  private struct Parts {
    /// What comes before the layer and tells tensors of the optimizer from those of the model.
    var prefix = ""
    var layer: String
    var variable: String

    var name: String { prefix + layer + "/" + variable }
  }

  init(_ paths: [String], attributes: [String: [String: String]]) {
    var counts: [Substring: Int] = [:]
    for path in paths { counts[Self.group(path), default: 0] += 1 }
    var parts = paths.map { path in
      let group = Self.group(path)
      return group.hasSuffix("vars")
        ? Self.numbered(path, attributes[String(group)]?["name"], of: counts[group] ?? 0)
        : Self.spelledOut(path)
    }
    Self.normalizeDepthwise(&parts)
    Self.renumber(&parts)
    names = parts.map(\.name)
    // Where two layers of different containers have one name, the whole path tells them apart.
    let uses = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    for index in names.indices where uses[names[index]] != 1 { names[index] = paths[index] }
  }

  private static func group(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[..<$0] } ?? ""
  }

  /// Keras 3: `layers/conv2d_1/vars/0`.
  private static func numbered(_ path: String, _ name: String?, of count: Int) -> Parts {
    let components = path.split(separator: "/").map(String.init)
    let leaf = components.dropLast(2).last ?? "model"
    let index = components.last.flatMap(Int.init) ?? 0
    let variables = KerasLayerClass(leaf)?.variables(count: count) ?? []
    let variable = variables.indices.contains(index) ? variables[index] : String(index)
    if components.first == "optimizer" {
      return Parts(prefix: "optimizer/", layer: leaf, variable: variable)
    }
    return name.map { Parts(layer: $0, variable: variable) }
      ?? Parts(prefix: "layers/", layer: leaf, variable: variable)
  }

  /// Keras 1 and 2: `conv1/conv1/kernel:0`, in whole models below `model_weights`.
  private static func spelledOut(_ path: String) -> Parts {
    var components = path.split(separator: "/").map(String.init)
    if components.first == "optimizer_weights" {
      return Parts(
        prefix: "optimizer/", layer: components.dropFirst().dropLast().joined(separator: "/"),
        variable: components.last ?? "")
    }
    if components.first == "model_weights" { components.removeFirst() }
    var variable = components.popLast() ?? ""
    if let colon = variable.lastIndex(of: ":") { variable = String(variable[..<colon]) }
    let layer = components.last ?? "model"
    guard variable.hasPrefix(layer + "_") else { return Parts(layer: layer, variable: variable) }
    // Keras 1 repeats the layer's name, and some files count: block1_conv1_W_1.
    variable.removeFirst(layer.count + 1)
    let oldNames = [
      "W": "kernel", "b": "bias", "running_mean": "moving_mean", "running_std": "moving_variance",
    ]
    let (stem, _) = KerasLayerClass.split(variable)
    return Parts(layer: layer, variable: oldNames[stem] ?? stem)
  }

  /// Keras 2 says `depthwise_kernel`, Keras 3 `kernel`; separable convolutions keep the long name.
  private static func normalizeDepthwise(_ parts: inout [Parts]) {
    let separable = Set(parts.filter { $0.variable == "pointwise_kernel" }.map(\.layer))
    for index in parts.indices
    where parts[index].variable == "depthwise_kernel" && !separable.contains(parts[index].layer) {
      parts[index].variable = "kernel"
    }
  }

  /// Numbers the layers that Keras named itself from zero, in the order of their numbers.
  private static func renumber(_ parts: inout [Parts]) {
    var numbers: [String: Set<Int>] = [:]
    for part in parts where part.prefix.isEmpty && KerasLayerClass(part.layer) != nil {
      let (stem, number) = KerasLayerClass.split(part.layer)
      numbers[stem, default: []].insert(number)
    }
    let places = numbers.mapValues { numbers in
      Dictionary(uniqueKeysWithValues: numbers.sorted().enumerated().map { ($1, $0) })
    }
    for index in parts.indices where parts[index].prefix.isEmpty {
      let (stem, number) = KerasLayerClass.split(parts[index].layer)
      guard let place = places[stem]?[number] else { continue }
      parts[index].layer = place == 0 ? stem : "\(stem)_\(place)"
    }
  }
}
