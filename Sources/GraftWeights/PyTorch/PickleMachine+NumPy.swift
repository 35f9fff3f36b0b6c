/// NumPy's arrays and numbers, whose elements lie in the pickle itself.
///
/// Source: `numpy/_core/src/multiarray/methods.c` (`array_setstate`) and `descriptor.c`
/// (`arraydescr_setstate`); the modules were called `numpy.core` before NumPy 2.
extension PickleMachine {
  static let arrayClass = "numpy.ndarray"

  /// The value of a call of one of NumPy's functions or of `_codecs.encode`, or nil if it is none.
  mutating func buildArray(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws -> PickleValue? {
    switch global {
    case .encode:
      guard arguments.count == 2, case .text(let text) = arguments[0],
        [.text("latin1"), .text("latin-1")].contains(arguments[1])
      else { return .opaque }
      return .encodedBytes(text)
    case .arrayType:
      guard case .text(let name)? = arguments.first else { return .opaque }
      let type = NumPyHeader.type(name.first?.isLetter == true ? "<" + name : name[...])
      return try makeNode(.arrayType(type?.0, type?.1 ?? .littleEndian))
    case .rebuildArray: return try makeNode(.object(Self.arrayClass))
    case .arrayScalar:
      guard arguments.count == 2, let tensor = try array(arguments[1], [], arguments[0], false)
      else { return .opaque }
      return scalar(tensor)
    case .arrayFromBytes:
      // (buffer, type, shape, order)
      guard arguments.count == 4, let extents = integers(arguments[2]),
        let tensor = try array(
          arguments[0], extents, arguments[1], arguments[3] == .text("F"))
      else { return try makeNode(.object(Self.arrayClass)) }
      return try makeTensor(tensor)
    default: return nil
    }
  }

  /// Completes an array by `(version, shape, type, is in Fortran's order, elements)`, or a type by
  /// `(version, byte order, ...)`.
  mutating func setArrayState(_ state: PickleValue, of index: Int) throws {
    guard let parts = items(state, .tuple), parts.count >= 2 else { return }
    if case .arrayType(let type, let order) = nodes[index].kind {
      let found: ByteOrder = parts[1] == .text(">") ? .bigEndian : .littleEndian
      change(
        index, to: .arrayType(type, [.text(">"), .text("<")].contains(parts[1]) ? found : order))
      return
    }
    guard parts.count == 5, let extents = integers(parts[1]),
      let tensor = try array(parts[4], extents, parts[2], parts[3] == .boolean(true)),
      case .node(let made) = try makeTensor(tensor)
    else { return }
    change(index, to: nodes[made].kind)
  }

  /// An array over bytes of the pickle, or nil where it isn't one of plain numbers.
  private mutating func array(
    _ elements: PickleValue, _ extents: [Int], _ type: PickleValue, _ isReversed: Bool
  ) throws -> PickledTensor? {
    guard case .node(let index) = type,
      case .arrayType(let elementType?, let order) = nodes[index].kind,
      let content = try content(elements),
      let dense = StridedView(isReversed ? extents.reversed() : extents)
    else { return nil }
    let view = isReversed ? dense.permuted(extents.indices.reversed()) : dense
    return PickledTensor(
      source: .bytes(content, order), elementType: elementType, offset: 0, extents: view.extents,
      strides: view.strides)
  }

  private mutating func content(_ value: PickleValue) throws -> ByteView? {
    switch value {
    case .bytes(let range):
      return try bytes.slice(at: range.lowerBound, count: range.count, "an array in the pickle")
    case .encodedBytes(let text):
      try charge(0, bytes: text.utf8.count)
      let scalars = text.unicodeScalars
      guard scalars.allSatisfy({ $0.value <= 0xFF }) else { return nil }
      let storage = try ByteStorage(file: bytes.storage.file, byteCount: scalars.count) { memory in
        for (position, scalar) in scalars.enumerated() {
          memory[position] = UInt8(truncatingIfNeeded: scalar.value)
        }
      }
      return ByteView(storage)
    default: return nil
    }
  }

  /// A number of NumPy's as one of Python's.
  private func scalar(_ tensor: PickledTensor) -> PickleValue {
    guard case .bytes(let content, let order) = tensor.source,
      content.count == tensor.elementType.byteCount
    else { return .opaque }
    func bits<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
      let value = (try? content.integer(type, at: 0, "")) ?? 0
      return order == .bigEndian ? value.byteSwapped : value
    }
    switch tensor.elementType {
    case .float64: return .real(Double(bitPattern: bits(UInt64.self)))
    case .float32: return .real(Double(Float(bitPattern: bits(UInt32.self))))
    case .int64: return .integer(Int(bits(Int64.self)))
    case .int32: return .integer(Int(bits(Int32.self)))
    case .bool: return .boolean(bits(UInt8.self) != 0)
    default: return .opaque
    }
  }
}
