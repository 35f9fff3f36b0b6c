import GraftGraph

/// A constant on the device, shared by all executables that read it in this form.
final class ConstantBuffer<Buffer> {
  let slice: BufferSlice<Buffer>

  init(_ slice: BufferSlice<Buffer>) { self.slice = slice }
}

/// Computes constants once and keeps them as long as an executable needs them.
final class ConstantPool<D: Device> {
  private struct Key: Hashable {
    let use: ConstantUse
    let versions: [ParameterPath: Int]
  }
  private struct WeakReference { weak var buffer: ConstantBuffer<D.Buffer>? }

  private let device: D
  private let parameters: ParameterStore
  private var known: [Key: WeakReference] = [:]

  init(device: D, parameters: ParameterStore) {
    self.device = device
    self.parameters = parameters
  }

  /// The constant in the wanted form, computed now if no executable holds it.
  func buffer(
    for use: ConstantUse, preparation: OperandPreparation<D.Buffer>?
  ) throws -> ConstantBuffer<D.Buffer> {
    let paths = use.expression.parameters
    let key = Key(
      use: use,
      versions: Dictionary(uniqueKeysWithValues: paths.map { ($0, parameters.version(of: $0)) }))
    if let buffer = known[key]?.buffer { return buffer }
    var slice = try evaluate(use.expression, use.type)
    if let preparation {
      let prepared = try allocate(preparation.byteCount)
      try preparation.bind(slice, prepared).enqueue()
      try device.synchronize()
      slice = prepared
    }
    let buffer = ConstantBuffer(slice)
    known = known.filter { $0.value.buffer != nil }
    known[key] = WeakReference(buffer: buffer)
    return buffer
  }

  private func allocate(_ byteCount: Int) throws -> BufferSlice<D.Buffer> {
    BufferSlice(try device.makeBuffer(byteCount: byteCount), byteOffset: 0, byteCount: byteCount)
  }

  private func evaluate(
    _ expression: ConstantExpression, _ type: TensorType
  ) throws -> BufferSlice<D.Buffer> {
    switch expression {
    case .parameter(let path):
      let values = try parameters.values(at: path)
      guard values.count == type.shape.count else {
        throw ParameterError.wrongCount(path, expected: type.shape.count, found: values.count)
      }
      let slice = try allocate(type.byteCount)
      try values.withUnsafeBytes { try device.write($0, to: slice) }
      return slice
    case .operation(let operation, let operands, let result):
      return try evaluate(operation.base, operands)[result]
    }
  }

  /// Runs one operation by its first candidate, on buffers that are released afterwards.
  private func evaluate(
    _ operation: any Operation, _ expressions: [ConstantExpression]
  ) throws -> [BufferSlice<D.Buffer>] {
    let types = try expressions.map(type(of:))
    var operands = try zip(expressions, types).map { try evaluate($0, $1) }
    if operation is any ViewOperation { return [operands[0]] }
    let results = try operation.resultTypes(for: types)
    let problem = Problem(operation: operation, operands: types, results: results)
    guard let lowering = try device.candidates(for: problem).first else {
      throw UnsupportedOperation(operation: operation, deviceName: device.name)
    }
    for preparation in lowering.preparations {
      let prepared = try allocate(preparation.byteCount)
      try preparation.bind(operands[preparation.operand], prepared).enqueue()
      operands[preparation.operand] = prepared
    }
    let slices = try results.map { try allocate($0.byteCount) }
    let workspace =
      lowering.workspaceByteCount > 0 ? try allocate(lowering.workspaceByteCount) : nil
    try lowering.bind(Binding(operands: operands, results: slices, workspace: workspace)).enqueue()
    try device.synchronize()
    return slices
  }

  private func type(of expression: ConstantExpression) throws -> TensorType {
    switch expression {
    case .parameter(let path):
      guard let type = parameters.type(of: path) else { throw ParameterError.missing(path) }
      return type
    case .operation(let operation, let operands, let result):
      return try operation.base.resultTypes(for: operands.map(type(of:)))[result]
    }
  }
}
