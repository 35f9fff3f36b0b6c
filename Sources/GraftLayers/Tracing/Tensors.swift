/// Tensors of a graph under construction, by name and in order.
public struct Tensors: ExpressibleByDictionaryLiteral {
  public private(set) var named: [(name: String, symbol: Symbol)]

  /// Tensors in this order.
  public init(_ named: [(name: String, symbol: Symbol)]) { self.named = named }
  /// Tensors in this order.
  public init(dictionaryLiteral elements: (String, Symbol)...) {
    named = elements.map { ($0.0, $0.1) }
  }

  /// The tensor of a name, or `nil` if there is none.
  public func ifPresent(_ name: String) -> Symbol? { named.first { $0.name == name }?.symbol }

  /// The tensor of a name; where there is none, tracing fails and tells the names that there are.
  public subscript(name: String, scope: Scope) -> Symbol {
    if let symbol = ifPresent(name) { return symbol }
    let names = named.map { "'\($0.name)'" }.joined(separator: ", ")
    scope.fail("there is no tensor '\(name)', only \(names.isEmpty ? "none" : names)")
    return named.first?.symbol ?? scope.builder.input(name, TensorType([1, 1]))
  }

  /// Adds a tensor after the others.
  public mutating func append(_ symbol: Symbol, as name: String) {
    named.append((name, symbol))
  }
}

extension Signature {
  /// Inputs of a graph for a batch of samples of this signature.
  public func inputs(batchSize: Int, of builder: GraphBuilder) -> Tensors {
    Tensors(
      tensors.map { tensor in
        let type = TensorType(
          Shape([batchSize] + tensor.type.shape.extents), tensor.type.elementType)
        return (tensor.name, builder.input(tensor.name, type, kind: tensor.kind))
      })
  }
}
