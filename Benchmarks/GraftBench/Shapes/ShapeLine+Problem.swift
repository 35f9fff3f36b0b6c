import Graft

extension ShapeLine {
  /// The operation on a batch, kernels and biases never changing.
  func problem(batch: Int) throws -> Problem {
    let (operation, operands) = try forward(batch: batch)
    return try Problem(operation, operands, constants: Set(operands.indices.dropFirst()))
  }

  /// The operation and its gradients on a batch, as in training.
  func trainingProblems(batch: Int) throws -> [Problem] {
    let (operation, operands) = try forward(batch: batch)
    let forward = try Problem(operation, operands)
    let (image, gradient) = (operands[0], forward.results[0])
    switch operation {
    case let convolution as Convolution:
      let kernel = operands[1]
      return [
        forward,
        try Problem(
          ConvolutionInputGradient(convolution.geometry, imageSize: image.imageSize),
          [gradient, kernel]),
        try Problem(
          ConvolutionKernelGradient(convolution.geometry, kernelShape: kernel.shape),
          [image, gradient]),
      ]
    case is MatrixProduct:
      return [
        forward,
        try Problem(MatrixProduct(transposesRight: true), [gradient, operands[1]]),
        try Problem(MatrixProduct(transposesLeft: true), [image, gradient]),
      ]
    case let pooling as Pooling:
      let backward = PoolingGradient(pooling, imageSize: image.imageSize)
      let saved = pooling.kind == .maximum ? [image] : []
      return [forward, try Problem(backward, [gradient] + saved)]
    case let pooling as GlobalPooling:
      let backward = GlobalPoolingGradient(pooling.kind, imageSize: image.imageSize)
      return [forward, try Problem(backward, [gradient])]
    case let normalization as BatchNormalizationTraining:
      let channels = operands[1]
      let backward = BatchNormalizationTrainingGradient(epsilon: normalization.epsilon)
      return [forward, try Problem(backward, [image, channels, channels, channels, gradient])]
    default: return [forward]
    }
  }

  private func forward(batch: Int) throws -> (any Operation, [TensorType]) {
    let sample = TensorType(Shape([batch] + shapes[0]))
    switch kind {
    case .convolution:
      let geometry = try geometry()
      let epilogue = try epilogue()
      let kernel = Shape(shapes[1][..<2] + [shapes[0][2] / geometry.groups, shapes[1][2]])
      let operation = Convolution(geometry, epilogue: epilogue)
      return (operation, try operands(of: operation, sample, TensorType(kernel), epilogue))
    case .product:
      let epilogue = try epilogue()
      let operation = MatrixProduct(epilogue: epilogue)
      let kernel = TensorType([shapes[0][0], shapes[1][0]])
      return (operation, try operands(of: operation, sample, kernel, epilogue))
    case .maximum, .average:
      let kind: PoolingKind = kind == .maximum ? .maximum : .average(countsPadding: true)
      let pooling = Pooling(
        kind, window: Extent2D(shapes[1][0], shapes[1][1]), strides: try strides(),
        padding: try padding(), roundsUp: options["ceil"] != nil)
      return (pooling, [sample])
    case .globalAverage: return (GlobalPooling(.average), [sample])
    case .normalization:
      let channels = TensorType([shapes[0][2]])
      return (BatchNormalizationTraining(epsilon: 1e-5), [sample, channels, channels])
    }
  }

  private func operands(
    of operation: any Operation, _ sample: TensorType, _ kernel: TensorType, _ epilogue: Epilogue
  ) throws -> [TensorType] {
    var plain = [sample, kernel]
    let bias = TensorType([shapes[1].last ?? 1])
    if epilogue.hasBias { plain.append(bias) }
    guard epilogue.hasResidual else { return plain }
    let result =
      switch operation {
      case let convolution as Convolution:
        try Convolution(convolution.geometry).resultTypes(for: [sample, kernel])[0]
      default: TensorType([sample.shape[0], kernel.shape[1]])
      }
    return plain + [result]
  }

  private func epilogue() throws -> Epilogue {
    Epilogue(
      hasBias: true, hasResidual: options["residual"] != nil,
      activation: try options["activation"].map { name in
        guard let activation = Activation(name: name) else {
          throw ShapeFileError.wrongOption("activation=\(name)", line: text)
        }
        return activation
      })
  }

  private func geometry() throws -> ConvolutionGeometry {
    let groups = try numbers("groups", default: [1])[0]
    guard shapes[0][2] % groups == 0 else {
      throw ShapeFileError.wrongOption("groups=\(groups)", line: text)
    }
    return ConvolutionGeometry(strides: try strides(), padding: try padding(), groups: groups)
  }

  private func strides() throws -> Extent2D { Extent2D(try numbers("stride", default: [1])[0]) }

  private func padding() throws -> EdgePadding {
    let sides = try numbers("padding", default: [0])
    guard sides.count == 4 else { return EdgePadding(sides[0]) }
    return EdgePadding(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
  }

  private func numbers(_ name: String, default standard: [Int]) throws -> [Int] {
    guard let option = options[name] else { return standard }
    let numbers = option.split(separator: ",").compactMap { Int($0) }
    guard let first = numbers.first, numbers.allSatisfy({ $0 >= 0 }), first > 0 || name == "padding"
    else { throw ShapeFileError.wrongOption("\(name)=\(option)", line: text) }
    return numbers
  }
}

extension Problem {
  /// An operation on given types, whose results it tells.
  init(
    _ operation: any Operation, _ operands: [TensorType], constants: Set<Int> = []
  ) throws {
    self.init(
      operation: operation, operands: operands,
      results: try operation.resultTypes(for: operands), constantOperands: constants)
  }
}

extension Activation {
  /// The activation that `"\(activation)"` is the name of.
  fileprivate init?(name: String) {
    let known: [Activation] = [
      .relu, .relu6, .sigmoid, .tanh, .silu, .hardSigmoid, .hardSwish, .gelu,
    ]
    guard let activation = known.first(where: { "\($0)" == name }) else { return nil }
    self = activation
  }
}
