extension StridedView {
  /// Copies the elements, in row-major order of this view, converted to `Float`.
  ///
  /// - Parameters:
  ///   - bytes: The storage, of at least `requiredCount` elements; need not be aligned.
  ///   - output: Exactly `count` elements, which may be uninitialized.
  func gather(
    from bytes: UnsafeRawBufferPointer, _ elementType: StoredElementType, _ byteOrder: ByteOrder,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(output.count == count && bytes.count / elementType.byteCount >= requiredCount)
    guard count > 0, let source = bytes.baseAddress, let target = output.baseAddress else { return }
    let view = simplified()
    let swaps = byteOrder == .bigEndian
    // Spelled out so that the compiler makes one loop for each type.
    switch elementType {
    case .float64: view.gather(Double.self, source, swaps, target)
    case .float32: view.gather(Float.self, source, swaps, target)
    case .float16: view.gather(Half.self, source, swaps, target)
    case .bfloat16: view.gather(BrainFloat.self, source, swaps, target)
    case .int64: view.gather(Int64.self, source, swaps, target)
    case .int32: view.gather(Int32.self, source, swaps, target)
    case .int16: view.gather(Int16.self, source, swaps, target)
    case .int8: view.gather(Int8.self, source, swaps, target)
    case .uint64: view.gather(UInt64.self, source, swaps, target)
    case .uint32: view.gather(UInt32.self, source, swaps, target)
    case .uint16: view.gather(UInt16.self, source, swaps, target)
    case .uint8: view.gather(UInt8.self, source, swaps, target)
    case .bool: view.gather(Truth.self, source, swaps, target)
    }
  }

  private func gather<Scalar: StoredScalar>(
    _ type: Scalar.Type, _ source: UnsafeRawPointer, _ swaps: Bool,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let size = MemoryLayout<Scalar.Bits>.size
    func element(_ index: Int) -> Float {
      let bits = source.loadUnaligned(fromByteOffset: index * size, as: Scalar.Bits.self)
      return Scalar.value(ofBits: swaps ? bits.byteSwapped : bits)
    }
    guard let last = extents.indices.last,
      let nearest = extents.indices.min(by: { strides[$0] < strides[$1] })
    else {
      target.initialize(to: element(offset))
      return
    }
    let (rows, columns) = (nearest == last ? 1 : extents[nearest], extents[last])
    let (rowStride, columnStride) = (strides[nearest], strides[last])
    let rowStep = extents[(nearest + 1)...].reduce(1, *)
    // Reading along one axis and writing along another: small tiles keep both in the cache.
    let tile = nearest == last ? columns : 32
    forEachOuter(without: nearest, last) { source, position in
      let target = target + position
      for firstRow in stride(from: 0, to: rows, by: tile) {
        for firstColumn in stride(from: 0, to: columns, by: tile) {
          for row in firstRow..<min(firstRow + tile, rows) {
            let (from, to) = (source + row * rowStride, target + row * rowStep)
            for column in firstColumn..<min(firstColumn + tile, columns) {
              (to + column).initialize(to: element(from + column * columnStride))
            }
          }
        }
      }
    }
  }

  /// Calls `body` with the source and target positions of every index of the remaining axes.
  private func forEachOuter(without first: Int, _ second: Int, _ body: (Int, Int) -> Void) {
    let axes = extents.indices.filter { $0 != first && $0 != second }
    let steps = extents.indices.map { extents[($0 + 1)...].reduce(1, *) }
    var index = [Int](repeating: 0, count: axes.count)
    var (source, target) = (offset, 0)
    while true {
      body(source, target)
      var place = axes.count - 1
      while place >= 0 {
        let axis = axes[place]
        index[place] += 1
        source += strides[axis]
        target += steps[axis]
        if index[place] < extents[axis] { break }
        source -= extents[axis] * strides[axis]
        target -= extents[axis] * steps[axis]
        index[place] = 0
        place -= 1
      }
      if place < 0 { return }
    }
  }
}
