/// Rows of a table by their numbers, as word embeddings take them.
///
/// Operands: table (rows, channels); indices, Int32 of any shape. Result: the indices' shape with
/// the channels as one more axis. An index outside the table gives zeros; what is written to an
/// input that is looked up by is checked before (``Graph/indexLimits``).
public struct EmbeddingLookup: Operation {
  /// Looks up rows.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (table, indices) = (operands[0], operands[1])
    guard table.shape.rank == 2, indices.elementType == .int32 else {
      throw GraphError(
        "an embedding takes a table and Int32 indices, not \(table) and \(indices)")
    }
    return [TensorType(Shape(indices.shape.extents + [table.shape[1]]), table.elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard index == 0, let gradient = step.resultGradient else { return nil }
    let operation = EmbeddingGradient(rows: step.operands[0].shape[0])
    return step.builder.apply(operation, to: step.operands[1], gradient)
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of the table of an ``EmbeddingLookup``: each row is the sum of the gradients of all
/// places where it was looked up, added in their order.
///
/// Operands: indices, Int32 of any shape; the gradient of the result. Result: (rows, channels).
public struct EmbeddingGradient: Operation {
  public var rows: Int

  /// The gradient of a table of so many rows.
  public init(rows: Int) { self.rows = rows }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType([rows, operands[1].shape.extents.last ?? 1], operands[1].elementType)]
  }

  public var mixesSamples: Bool { true }
}

extension Graph {
  /// How many rows the tables have that are looked up by an input, the smallest of them, by the
  /// input's name: what its elements must be below.
  public var indexLimits: [String: Int] {
    var limits: [String: Int] = [:]
    for node in nodes where node.operation is EmbeddingLookup {
      var indices = node.operands[1]
      while self[indices].operation is any ViewOperation { indices = self[indices].operands[0] }
      guard case .input(let name, _) = self[indices].source else { continue }
      let rows = type(of: node.operands[0]).shape[0]
      limits[name] = min(limits[name] ?? rows, rows)
    }
    return limits
  }
}
