import Foundation
public import GraftGraph
public import GraftWeights

/// The order in which Keras lists the layers of a model: by the longest way to the output, counted
/// in layers; where that is the same, as it numbers them.
///
/// Source: `map_graph` in `keras/src/ops/function.py`. Graft's operations before any fusion stand
/// for Keras's layers; those that only one of them has (padding, reshaping) lie where there are no
/// branches to compare.
public struct KerasOrder {
  /// By node, the number of operations between it and the output.
  private let distances: [Int]
  private let graph: Graph

  /// The order of the layers that `graph` was traced from.
  public init(_ graph: Graph) {
    self.graph = graph
    var distances = Array(repeating: 0, count: graph.nodes.count)
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      let step = node.operation is any ViewOperation ? 0 : 1
      for operand in node.operands {
        distances[operand.node] = max(distances[operand.node], distances[index] + step)
      }
    }
    self.distances = distances
  }

  /// The layers, sorted.
  ///
  /// - Parameter layers: With the parameters' names below their paths.
  public func sorted(_ layers: [KerasLayer]) -> [KerasLayer] {
    var places: [String: Int] = [:]
    for node in graph.nodes where node.operation != nil {
      for operand in node.operands {
        guard let path = graph.parameterPath(of: operand) else { continue }
        // A parameter is one further from the output than the operation that uses it; the scale of
        // channels is a layer of its own.
        for layer in [path.layer, path.description] {
          places[layer] = max(places[layer] ?? 0, distances[operand.node])
        }
      }
    }
    return layers.sorted { left, right in
      let (first, second) = (places[left.path] ?? 0, places[right.path] ?? 0)
      guard first == second else { return first > second }
      return left.name.compare(right.name, options: .numeric) == .orderedAscending
    }
  }
}
