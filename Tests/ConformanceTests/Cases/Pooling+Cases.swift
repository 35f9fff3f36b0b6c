import GraftGraph

extension OperationCase {
  static let poolings: [OperationCase] = allPoolings.flatMap { pooling in
    images(for: pooling).map { OperationCase(pooling, [$0]) }
  }

  static let poolingGradients: [OperationCase] = allPoolings.flatMap { pooling in
    images(for: pooling).map { image in
      let shape = image.type.shape
      let size = Extent2D(shape[1], shape[2])
      let result = pooling.resultSize(of: size)
      let gradient = Operand([shape[0], result.height, result.width, shape[3]])
      return OperationCase(
        PoolingGradient(pooling, imageSize: size),
        pooling.kind == .maximum ? [gradient, image] : [gradient])
    }
  }

  static let differentiatedPoolings: [OperationCase] = allPoolings.map { pooling in
    OperationCase(pooling, [Operand([2, 7, 6, 3], .distinct)], differentiating: [0])
  }

  static let globalPoolings: [OperationCase] = globalKinds.flatMap { kind in
    globalImages.map {
      OperationCase(
        GlobalPooling(kind), [Operand($0, kind == .maximum ? .whole(-9...9) : .uniform(-1...1))])
    }
  }

  static let globalPoolingGradients: [OperationCase] = globalKinds.flatMap { kind in
    globalImages.map { shape in
      let operation = GlobalPoolingGradient(kind, imageSize: Extent2D(shape[1], shape[2]))
      let gradient = Operand([shape[0], shape[3]])
      return OperationCase(
        operation, kind == .maximum ? [gradient, Operand(shape, .whole(-9...9))] : [gradient])
    }
  }

  static let differentiatedGlobalPoolings: [OperationCase] = globalKinds.map {
    OperationCase(GlobalPooling($0), [Operand([2, 3, 5, 4], .distinct)], differentiating: [0])
  }

  private static let globalKinds = [GlobalPooling.Kind.average, .maximum]
  private static let globalImages: [Shape] = [
    [1, 1, 1, 1], [2, 7, 7, 5], [3, 1, 5, 17], [1, 13, 9, 33], [2, 8, 8, 64], [1, 31, 33, 3],
    [5, 2, 2, 1],
  ]

  /// Images that `pooling` can be applied to.
  private static func images(for pooling: Pooling) -> [Operand] {
    let values: Operand.Values = pooling.kind == .maximum ? .whole(-9...9) : .uniform(-1...1)
    // Nothing is larger than the padding, were it taken for an element.
    let low = Operand.Values.uniform(-3e38...(-1e30))
    let wide = [
      Operand([2, 7, 6, 3], values), Operand([1, 13, 17, 8], values),
      Operand([1, 8, 9, 33], values),
    ]
    return pooling.kind == .maximum ? wide + [Operand([1, 6, 7, 5], low)] : wide
  }

  private static let allPoolings: [Pooling] = {
    let kinds: [PoolingKind] = [
      .maximum, .average(countsPadding: true), .average(countsPadding: false),
    ]
    return kinds.flatMap { kind in
      [
        Pooling(kind, window: Extent2D(2), strides: Extent2D(2)),
        Pooling(kind, window: Extent2D(3), strides: Extent2D(2), padding: EdgePadding(1)),
        Pooling(kind, window: Extent2D(3), strides: Extent2D(1), padding: EdgePadding(1)),
        Pooling(kind, window: Extent2D(2), strides: Extent2D(2), roundsUp: true),
        Pooling(
          kind, window: Extent2D(3), strides: Extent2D(2), padding: EdgePadding(1),
          roundsUp: true),
        // The window reaches beyond the padding, and some pixels belong to none.
        Pooling(
          kind, window: Extent2D(2, 3), strides: Extent2D(3, 4),
          padding: EdgePadding(top: 1, bottom: 0, left: 0, right: 2), roundsUp: true),
        Pooling(
          kind, window: Extent2D(3, 2), strides: Extent2D(2, 1),
          padding: EdgePadding(top: 0, bottom: 1, left: 1, right: 0)),
        Pooling(kind, window: Extent2D(5), strides: Extent2D(1), padding: EdgePadding(2)),
        Pooling(kind, window: Extent2D(1), strides: Extent2D(2)),
        // Larger than some of the images: one incomplete window.
        Pooling(kind, window: Extent2D(9, 10), strides: Extent2D(9, 9), roundsUp: true),
      ]
    }
  }()
}
