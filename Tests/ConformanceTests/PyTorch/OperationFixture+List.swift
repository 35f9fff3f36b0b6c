import GraftGraph

extension OperationFixture {
  /// All of them: the names are those of make_operation_fixtures.py.
  static let all: [OperationFixture] =
    convolutions + products + poolings + activations + normalizations + losses + sequences
    + notANumber

  private static let convolutions: [OperationFixture] = {
    func convolution(
      _ name: String, strides: Int = 1, padding: EdgePadding = EdgePadding(),
      dilation: Extent2D = Extent2D(1), groups: Int = 1, _ epilogue: Epilogue = .none
    ) -> OperationFixture {
      let geometry = ConvolutionGeometry(
        strides: Extent2D(strides), dilation: dilation, padding: padding, groups: groups)
      return OperationFixture("convolution.\(name)", Convolution(geometry, epilogue: epilogue))
    }
    return [
      convolution("square", padding: EdgePadding(1)),
      convolution("valid", strides: 2),
      convolution(
        "same-strided", strides: 2, padding: EdgePadding(top: 0, bottom: 1, left: 0, right: 1)),
      convolution("stem", strides: 2, padding: EdgePadding(3)),
      convolution("pointwise-strided", strides: 2),
      convolution("rectangular", padding: EdgePadding(top: 0, bottom: 0, left: 3, right: 3)),
      convolution(
        "dilated", padding: EdgePadding(top: 2, bottom: 1, left: 0, right: 3),
        dilation: Extent2D(2, 3)),
      convolution("grouped", padding: EdgePadding(1), groups: 4),
      convolution("depthwise", padding: EdgePadding(1), groups: 9),
      convolution("depthwise-strided", strides: 2, padding: EdgePadding(2), groups: 5),
      convolution("depthwise-multiplied", padding: EdgePadding(1), groups: 4),
      convolution("larger-than-image", padding: EdgePadding(2)),
      convolution(
        "fused", padding: EdgePadding(1),
        Epilogue(hasBias: true, hasResidual: true, activation: .relu)),
    ]
  }()

  private static let products: [OperationFixture] = [
    OperationFixture("product.plain", MatrixProduct()),
    OperationFixture("product.left-transposed", MatrixProduct(transposesLeft: true)),
    OperationFixture("product.right-transposed", MatrixProduct(transposesRight: true)),
    OperationFixture(
      "product.both-transposed", MatrixProduct(transposesLeft: true, transposesRight: true)),
    OperationFixture("product.dense", MatrixProduct(epilogue: Epilogue(hasBias: true))),
    OperationFixture(
      "product.dense-relu",
      MatrixProduct(epilogue: Epilogue(hasBias: true, activation: .relu))),
  ]

  private static let poolings: [OperationFixture] = {
    func pooling(
      _ name: String, _ kind: PoolingKind, _ window: Extent2D, _ strides: Extent2D,
      _ padding: (height: Int, width: Int), roundsUp: Bool = false
    ) -> OperationFixture {
      let edges = EdgePadding(
        top: padding.height, bottom: padding.height, left: padding.width, right: padding.width)
      let pooling = Pooling(
        kind, window: window, strides: strides, padding: edges, roundsUp: roundsUp)
      return OperationFixture("pooling.\(name)", pooling)
    }
    let (two, three) = (Extent2D(2), Extent2D(3))
    let averages = [("counted", true), ("uncounted", false)].flatMap { suffix, counts in
      let kind = PoolingKind.average(countsPadding: counts)
      return [
        pooling("average-\(suffix)", kind, three, two, (1, 1)),
        pooling("average-ceil-\(suffix)", kind, three, two, (1, 1), roundsUp: true),
        pooling(
          "average-ceil-rectangular-\(suffix)", kind, Extent2D(4, 3), Extent2D(3, 4), (1, 1),
          roundsUp: true),
      ]
    }
    return averages + [
      pooling("maximum", .maximum, two, two, (0, 0)),
      pooling("maximum-padded", .maximum, three, two, (1, 1)),
      pooling("maximum-ceil", .maximum, three, two, (1, 1), roundsUp: true),
      pooling(
        "maximum-ceil-rectangular", .maximum, Extent2D(2, 3), Extent2D(3, 2), (1, 0),
        roundsUp: true),
      pooling("ties", .maximum, three, Extent2D(1), (1, 1)),
      OperationFixture("global.average", GlobalPooling(.average)),
      OperationFixture("global.maximum", GlobalPooling(.maximum)),
      OperationFixture("global.ties", GlobalPooling(.maximum)),
    ]
  }()

  private static let activations: [OperationFixture] =
    [
      ("relu", Activation.relu), ("relu6", .relu6), ("leaky", .leakyReLU(slope: 0.2)),
      ("sigmoid", .sigmoid), ("tanh", .tanh), ("silu", .silu), ("hard-sigmoid", .hardSigmoid),
      ("hard-swish", .hardSwish), ("gelu", .gelu),
    ].map { OperationFixture("activation.\($0)", Activate($1)) }
    + [OperationFixture("softmax", Softmax())]

  private static let normalizations: [OperationFixture] = [
    OperationFixture("normalization.inference", BatchNormalization(epsilon: 1e-3)),
    OperationFixture("normalization.training", BatchNormalizationTraining(epsilon: 1e-3)),
    OperationFixture("normalization.layer", LayerNormalization(epsilon: 1e-6)),
    OperationFixture("running.mean", MovingAverage(decay: 0.9)),
    // 3 · 4 · 5 elements a channel.
    OperationFixture("running.variance", MovingAverage(decay: 0.9, correction: 60.0 / 59)),
  ]

  private static let losses: [OperationFixture] = [
    ("cross-entropy", SampleLoss.Kind.softmaxCrossEntropy(smoothing: 0)),
    ("cross-entropy-probabilities", .softmaxCrossEntropy(smoothing: 0)),
    ("cross-entropy-smoothed", .softmaxCrossEntropy(smoothing: 0.1)),
    ("cross-entropy-probabilities-smoothed", .softmaxCrossEntropy(smoothing: 0.1)),
    ("binary", .binaryCrossEntropy), ("squared", .meanSquaredError),
  ].map { OperationFixture("loss.\($0)", SampleLoss($1)) }

  private static let sequences: [OperationFixture] = {
    // Of 8 channels a head.
    let scale = 1 / Float(8).squareRoot()
    return [
      OperationFixture("embedding", EmbeddingLookup()),
      OperationFixture(
        "attention.plain", DotProductAttention(heads: 3, scale: scale, isMasked: false)),
      OperationFixture(
        "attention.masked", DotProductAttention(heads: 3, scale: scale, isMasked: true)),
      OperationFixture("mean.masked", MaskedMean()),
      OperationFixture("product.sequences", MatrixProduct(epilogue: Epilogue(hasBias: true))),
    ]
  }()

  /// Operands with NaN among their elements.
  private static let notANumber: [OperationFixture] = {
    let activations: [(String, Activation)] = [
      ("relu", .relu), ("relu6", .relu6), ("leaky", .leakyReLU(slope: 0.2)),
      ("sigmoid", .sigmoid), ("tanh", .tanh), ("silu", .silu), ("hard-sigmoid", .hardSigmoid),
      ("hard-swish", .hardSwish), ("gelu", .gelu),
    ]
    func pooling(_ kind: PoolingKind) -> Pooling {
      Pooling(kind, window: Extent2D(3), strides: Extent2D(2), padding: EdgePadding(1))
    }
    let others: [(String, any ReferenceOperation)] = [
      ("maximum", pooling(.maximum)), ("average", pooling(.average(countsPadding: true))),
      ("global-maximum", GlobalPooling(.maximum)), ("global-average", GlobalPooling(.average)),
      ("softmax", Softmax()),
      (
        "convolution",
        Convolution(
          ConvolutionGeometry(), epilogue: Epilogue(hasBias: true, activation: .relu6))
      ),
    ]
    return activations.map { OperationFixture("nan.\($0)", Activate($1)) }
      + others.map { OperationFixture("nan.\($0)", $1) }
  }()
}
