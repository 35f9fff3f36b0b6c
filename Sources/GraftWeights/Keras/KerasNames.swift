/// Names of the form `layer/variable` for the datasets of a Keras file.
struct KerasNames {
  /// One name for each path, in the same order.
  private(set) var names: [String]

  /// A path, taken apart.
  private struct Parts {
    /// What comes before the layer and tells tensors of the optimizer from those of the model.
    var prefix = ""
    /// What the layer lies in: a model within the model; empty for the model itself.
    var container = ""
    var layer: String
    var variable: String

    var name: String { prefix + layer + "/" + variable }
    var wholeName: String { container.isEmpty ? name : "\(container)/\(name)" }
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
    names = Self.unique(parts, paths)
  }

  /// Where layers of several containers have one name, it is that of the largest one, such as the
  /// network that a model was put on; elsewhere the container's name comes before.
  private static func unique(_ parts: [Parts], _ paths: [String]) -> [String] {
    let sizes = Dictionary(parts.map { ($0.container, 1) }, uniquingKeysWith: +)
    var largest: [String: Int] = [:]
    for part in parts {
      largest[part.name] = max(largest[part.name] ?? 0, sizes[part.container] ?? 0)
    }
    let isPlain = parts.map { sizes[$0.container] == largest[$0.name] }
    let plain = zip(parts, isPlain).compactMap { $1 ? $0.name : nil }
    let uses = Dictionary(plain.map { ($0, 1) }, uniquingKeysWith: +)
    var names = parts.indices.map { index in
      isPlain[index] && uses[parts[index].name] == 1 ? parts[index].name : parts[index].wholeName
    }
    let wholeUses = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    for index in names.indices where wholeUses[names[index]] != 1 { names[index] = paths[index] }
    return names
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
    let container = components.dropLast(3).joined(separator: "/")
    return name.map { Parts(container: container, layer: $0, variable: variable) }
      ?? Parts(prefix: "layers/", container: container, layer: leaf, variable: variable)
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
    let layer = components.popLast() ?? "model"
    // The first group is the layer itself, or the model within the model that it lies in.
    let container = components.first == layer ? "" : components.joined(separator: "/")
    guard variable.hasPrefix(layer + "_") else {
      return Parts(container: container, layer: layer, variable: variable)
    }
    // Keras 1 repeats the layer's name, and some files count: block1_conv1_W_1.
    variable.removeFirst(layer.count + 1)
    let oldNames = [
      "W": "kernel", "b": "bias", "running_mean": "moving_mean", "running_std": "moving_variance",
    ]
    let (stem, _) = KerasLayerClass.split(variable)
    return Parts(container: container, layer: layer, variable: oldNames[stem] ?? stem)
  }

  /// Keras 2 says `depthwise_kernel`, Keras 3 `kernel`; separable convolutions keep the long name.
  private static func normalizeDepthwise(_ parts: inout [Parts]) {
    let separable = Set(parts.filter { $0.variable == "pointwise_kernel" }.map(\.layer))
    for index in parts.indices
    where parts[index].variable == "depthwise_kernel" && !separable.contains(parts[index].layer) {
      parts[index].variable = "kernel"
    }
  }

  /// Numbers the layers that Keras named itself from zero in each model within the model, in the
  /// order of their numbers.
  private static func renumber(_ parts: inout [Parts]) {
    var numbers: [String: Set<Int>] = [:]
    for part in parts where part.prefix.isEmpty && KerasLayerClass(part.layer) != nil {
      let (stem, number) = KerasLayerClass.split(part.layer)
      numbers["\(part.container)/\(stem)", default: []].insert(number)
    }
    let places = numbers.mapValues { numbers in
      Dictionary(uniqueKeysWithValues: numbers.sorted().enumerated().map { ($1, $0) })
    }
    for index in parts.indices where parts[index].prefix.isEmpty {
      let (stem, number) = KerasLayerClass.split(parts[index].layer)
      guard let place = places["\(parts[index].container)/\(stem)"]?[number] else { continue }
      parts[index].layer = place == 0 ? stem : "\(stem)_\(place)"
    }
  }
}
