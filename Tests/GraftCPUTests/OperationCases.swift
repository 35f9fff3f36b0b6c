import GraftGraph

extension OperationCase {
  /// Shapes at the edges of tiles and vectors, and some of real networks, made small.
  static let all: [OperationCase] =
    convolutions + products + normalizations + poolings + elementwise + rearrangements + losses

  private struct ConvolutionShape {
    var batch = 2
    var height: Int
    var width: Int
    var inputs: Int
    var outputs: Int
    var kernel: Extent2D
    var geometry = ConvolutionGeometry()
    var epilogue = Epilogue.none
  }

  private static let convolutionShapes: [ConvolutionShape] = [
    .init(height: 7, width: 5, inputs: 3, outputs: 5, kernel: Extent2D(1)),
    .init(
      height: 9, width: 11, inputs: 17, outputs: 33, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1)),
      epilogue: Epilogue(hasBias: true, hasResidual: true, activation: .relu)),
    .init(
      height: 13, width: 8, inputs: 8, outputs: 16, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1)), epilogue: Epilogue(hasBias: true)),
    .init(
      batch: 1, height: 4, width: 4, inputs: 130, outputs: 65, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1)),
      epilogue: Epilogue(hasResidual: true, activation: .silu)),
    .init(
      height: 15, width: 14, inputs: 3, outputs: 32, kernel: Extent2D(7),
      geometry: .init(strides: Extent2D(2), padding: EdgePadding(3)),
      epilogue: Epilogue(hasBias: true, activation: .relu6)),
    .init(
      height: 10, width: 9, inputs: 6, outputs: 10, kernel: Extent2D(3),
      geometry: .init(
        strides: Extent2D(2), padding: EdgePadding(top: 0, bottom: 1, left: 0, right: 1)),
      epilogue: Epilogue(activation: .hardSwish)),
    .init(
      height: 11, width: 12, inputs: 4, outputs: 6, kernel: Extent2D(3, 2),
      geometry: .init(
        strides: Extent2D(1, 2), dilation: Extent2D(2, 3), padding: EdgePadding(2), groups: 2),
      epilogue: Epilogue(hasBias: true, activation: .tanh)),
    .init(
      height: 8, width: 8, inputs: 16, outputs: 24, kernel: Extent2D(1),
      geometry: .init(strides: Extent2D(2)), epilogue: Epilogue(hasBias: true, hasResidual: true)),
    .init(
      height: 12, width: 10, inputs: 9, outputs: 18, kernel: Extent2D(1, 7),
      geometry: .init(padding: EdgePadding(top: 0, bottom: 0, left: 3, right: 3))),
    .init(
      height: 9, width: 7, inputs: 12, outputs: 12, kernel: Extent2D(5),
      geometry: .init(strides: Extent2D(3), dilation: Extent2D(2), padding: EdgePadding(4))),
    .init(
      height: 14, width: 14, inputs: 32, outputs: 32, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1), groups: 4)),
    .init(
      height: 9, width: 10, inputs: 37, outputs: 37, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1), groups: 37),
      epilogue: Epilogue(hasBias: true, hasResidual: true, activation: .gelu)),
    .init(
      height: 11, width: 13, inputs: 24, outputs: 24, kernel: Extent2D(5),
      geometry: .init(
        strides: Extent2D(2), padding: EdgePadding(top: 1, bottom: 2, left: 2, right: 1),
        groups: 24), epilogue: Epilogue(hasBias: true, activation: .leakyReLU(slope: 0.1))),
    .init(
      height: 10, width: 10, inputs: 16, outputs: 16, kernel: Extent2D(3),
      geometry: .init(dilation: Extent2D(2), padding: EdgePadding(2), groups: 16)),
    .init(
      height: 6, width: 6, inputs: 4, outputs: 8, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1), groups: 4)),
    .init(
      batch: 1, height: 2, width: 3, inputs: 600, outputs: 40, kernel: Extent2D(1),
      epilogue: Epilogue(hasBias: true, activation: .sigmoid)),
    .init(
      batch: 3, height: 37, width: 41, inputs: 20, outputs: 40, kernel: Extent2D(3),
      geometry: .init(padding: EdgePadding(1)), epilogue: Epilogue(activation: .hardSigmoid)),
  ]

  private static var convolutions: [OperationCase] {
    convolutionShapes.flatMap { shape in
      let image: Shape = [shape.batch, shape.height, shape.width, shape.inputs]
      let (kernel, geometry) = (shape.kernel, shape.geometry)
      let weights: Shape = [
        kernel.height, kernel.width, shape.inputs / geometry.groups, shape.outputs,
      ]
      let size = geometry.resultSize(of: Extent2D(shape.height, shape.width), kernel: kernel)
      let output: Shape = [shape.batch, size.height, size.width, shape.outputs]
      let more =
        (shape.epilogue.hasBias ? [TensorType([shape.outputs])] : [])
        + (shape.epilogue.hasResidual ? [TensorType(output)] : [])
      return [
        OperationCase(
          Convolution(geometry, epilogue: shape.epilogue),
          types: [TensorType(image), TensorType(weights)] + more),
        OperationCase(
          ConvolutionInputGradient(geometry, imageSize: Extent2D(shape.height, shape.width)),
          output, weights),
        OperationCase(
          ConvolutionKernelGradient(geometry, kernelShape: weights), image, output),
      ]
    }
  }

  private static let products: [OperationCase] = [
    OperationCase(MatrixProduct(), [1, 1], [1, 1]),
    OperationCase(MatrixProduct(), [13, 700], [700, 35]),
    OperationCase(MatrixProduct(transposesRight: true), [50, 31], [47, 31]),
    OperationCase(MatrixProduct(transposesLeft: true), [2100, 29], [2100, 17]),
    OperationCase(MatrixProduct(transposesLeft: true, transposesRight: true), [9, 29], [17, 9]),
    OperationCase(
      MatrixProduct(epilogue: Epilogue(hasBias: true, hasResidual: true, activation: .relu)),
      [300, 64], [64, 270], [270], [300, 270]),
    OperationCase(
      MatrixProduct(transposesLeft: true, epilogue: Epilogue(hasBias: true)), [7, 8], [7, 5], [5]),
  ]

  private static let normalizations: [OperationCase] = [
    OperationCase(
      BatchNormalization(epsilon: 1e-3), [2, 5, 3, 19], [19], [19], [19], [19], positive: [4]),
    OperationCase(
      BatchNormalizationParameterGradient(epsilon: 1e-3), [3, 20, 7, 33], [33], [33],
      [3, 20, 7, 33], positive: [2]),
    OperationCase(NormalizationScale(epsilon: 1e-3), [19], [19], positive: [1]),
    OperationCase(BatchNormalizationTraining(epsilon: 1e-5), [3, 20, 7, 33], [33], [33]),
    OperationCase(BatchNormalizationTraining(epsilon: 1e-5), [5, 4], [4], [4]),
    OperationCase(
      BatchNormalizationTrainingGradient(epsilon: 1e-5), [3, 20, 7, 33], [33], [33], [33],
      [3, 20, 7, 33], positive: [3]),
    OperationCase(MovingAverage(decay: 0.9, correction: 1.1), [7], [7]),
  ]

  private static var poolings: [OperationCase] {
    let shapes = [
      Pooling(.maximum, window: Extent2D(3), strides: Extent2D(2), padding: EdgePadding(1)),
      Pooling(.maximum, window: Extent2D(2), strides: Extent2D(2), roundsUp: true),
      Pooling(
        .average(countsPadding: true), window: Extent2D(3), strides: Extent2D(1),
        padding: EdgePadding(1)),
      Pooling(
        .average(countsPadding: false), window: Extent2D(3, 2), strides: Extent2D(2),
        padding: EdgePadding(top: 1, bottom: 0, left: 0, right: 1), roundsUp: true),
    ]
    let global: [OperationCase] = [
      OperationCase(GlobalPooling(.average), [3, 5, 7, 21]),
      OperationCase(GlobalPooling(.maximum), [3, 5, 7, 21]),
      OperationCase(GlobalPoolingGradient(.average, imageSize: Extent2D(5, 7)), [3, 21]),
      OperationCase(
        GlobalPoolingGradient(.maximum, imageSize: Extent2D(5, 7)), [3, 21], [3, 5, 7, 21]),
    ]
    return global
      + shapes.flatMap { pooling -> [OperationCase] in
        let image = Extent2D(9, 8)
        let size = pooling.resultSize(of: image)
        let output: Shape = [2, size.height, size.width, 70]
        let gradient = PoolingGradient(pooling, imageSize: image)
        return [
          OperationCase(pooling, [2, 9, 8, 70]),
          pooling.kind == .maximum
            ? OperationCase(gradient, output, [2, 9, 8, 70]) : OperationCase(gradient, output),
        ]
      }
  }

  private static var elementwise: [OperationCase] {
    let activations: [Activation] = [
      .relu, .relu6, .leakyReLU(slope: 0.2), .sigmoid, .tanh, .silu, .hardSigmoid, .hardSwish,
      .gelu,
    ]
    let functions: [Combine.Function] = [.add, .subtract, .multiply]
    return activations.flatMap {
      [OperationCase(Activate($0), [3, 37]), OperationCase(ActivationGradient($0), [37], [37])]
    }
      + functions.flatMap {
        [
          OperationCase(Combine($0), [5, 67], [5, 67]),
          OperationCase(Combine($0), [2, 3, 5, 19], [19]),
          OperationCase(Combine($0), [2, 3, 5, 19], [2, 1, 1, 19]),
          OperationCase(Combine($0), [2, 33], [1]),
        ]
      } + [
        OperationCase(Sum(to: [19]), [20, 30, 5, 19]), OperationCase(Sum(to: [1]), [70, 1000]),
        OperationCase(Sum(to: [2, 19]), [2, 3, 5, 19]), OperationCase(Sum(to: [7]), [7]),
        OperationCase(Expand(to: [2, 3, 5, 19]), [19]),
        OperationCase(Expand(to: [2, 3, 5, 19]), [2, 19]),
        OperationCase(Expand(to: [5, 19]), [1]), OperationCase(Expand(to: [5]), [5]),
        OperationCase(Scale(by: 1.7), [37]), OperationCase(Fill(2.5, shape: [37])),
        OperationCase(SumOfSquares(), [70, 1001]),
        OperationCase(
          Dropout(rate: 0.3, stream: 2),
          types: [TensorType([40, 501]), TensorType([40, 2], .int32)]),
        OperationCase(SGDUpdate(weightDecay: 0.1), [37], [37], [1]),
        OperationCase(SGDUpdate(momentum: 0.9), [37], [37], [1], [37]),
        OperationCase(
          SGDUpdate(momentum: 0.9, isNesterov: true, weightDecay: 0.1), [37], [37], [1], [37]),
        OperationCase(
          AdamUpdate(weightDecay: 0.1), [37], [37], [1], [2], [37], [37], positive: [3, 5]),
        OperationCase(
          AdamUpdate(weightDecay: 0.1, isDecoupled: true), [37], [37], [1], [2], [37], [37],
          positive: [3, 5]),
      ]
  }

  private static let rearrangements: [OperationCase] = [
    OperationCase(Reshape(to: [6, 5]), [2, 15]),
    OperationCase(Concatenation(axis: 3), [2, 3, 4, 5], [2, 3, 4, 9], [2, 3, 4, 1]),
    OperationCase(Concatenation(axis: 0), [2, 7], [3, 7]),
    OperationCase(Slice(starts: [0, 1, 2, 3], shape: [2, 2, 1, 4]), [2, 3, 4, 9]),
    OperationCase(Padding(before: [0, 1, 2, 0], after: [0, 2, 1, 3], value: 1.5), [2, 3, 4, 5]),
  ]

  private static var losses: [OperationCase] {
    let kinds: [SampleLoss.Kind] = [
      .softmaxCrossEntropy(smoothing: 0), .softmaxCrossEntropy(smoothing: 0.1),
      .binaryCrossEntropy, .meanSquaredError,
    ]
    return kinds.flatMap {
      [
        OperationCase(SampleLoss($0), [21, 13], [21, 13], [21], positive: [1, 2]),
        OperationCase(SampleLossGradient($0), [21, 13], [21, 13], [21], [1], positive: [1, 2]),
      ]
    } + [
      OperationCase(Softmax(), [21, 13]), OperationCase(Softmax(), [1, 1000]),
      OperationCase(SoftmaxGradient(), [21, 13], [21, 13]),
    ]
  }
}
