/// A two-dimensional convolution (cross-correlation, as in all deep-learning frameworks).
///
/// Operands: the image (N, height, width, input channels); the kernel (height, width, input
/// channels / groups, output channels); the epilogue's. Output channel `o` belongs to group
/// `o / (output channels / groups)`. Result: (N, height, width, output channels).
public struct Convolution: Operation {
  public var geometry: ConvolutionGeometry
  public var epilogue: Epilogue

  /// Convolves.
  ///
  /// - Parameters:
  ///   - geometry: How the kernel moves over the image.
  ///   - epilogue: What is done to the sums before they are stored.
  public init(_ geometry: ConvolutionGeometry, epilogue: Epilogue = .none) {
    self.geometry = geometry
    self.epilogue = epilogue
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (image, kernel) = (operands[0].shape, operands[1].shape)
    guard image.rank == 4, kernel.rank == 4 else {
      throw GraphError("a convolution takes images N×H×W×C and a kernel of rank 4, not \(image)")
    }
    let groups = geometry.groups
    guard groups > 0, image[3] % groups == 0, kernel[3] % groups == 0,
      kernel[2] == image[3] / groups
    else {
      throw GraphError(
        "a kernel of \(kernel) in \(groups) groups does not fit \(image[3]) input channels")
    }
    let size = geometry.resultSize(
      of: operands[0].imageSize, kernel: Extent2D(kernel[0], kernel[1]))
    guard size.height > 0, size.width > 0 else {
      throw GraphError("an image of \(image[1])×\(image[2]) is too small for the kernel \(kernel)")
    }
    let result = TensorType(
      [image[0], size.height, size.width, kernel[3]], operands[0].elementType)
    try epilogue.check(operands, result: result)
    return [result]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let sums = epilogue.gradientOfSums(step) else { return nil }
    let (image, kernel) = (step.operands[0], step.operands[1])
    switch index {
    case 0:
      let operation = ConvolutionInputGradient(geometry, imageSize: image.type.imageSize)
      return step.builder.apply(operation, to: sums, kernel)
    case 1:
      let operation = ConvolutionKernelGradient(geometry, kernelShape: kernel.shape)
      return step.builder.apply(operation, to: image, sums)
    default: return epilogue.gradient(ofOperand: index, sums: sums, in: step)
    }
  }

  public var overwrites: [Overwrite] { epilogue.overwrites }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of a ``Convolution`` with respect to its image.
///
/// Operands: the gradient of the result; the kernel. Result: the gradient of the image.
public struct ConvolutionInputGradient: Operation {
  public var geometry: ConvolutionGeometry
  /// The height and width of the image.
  public var imageSize: Extent2D

  /// The gradient for images of a size.
  public init(_ geometry: ConvolutionGeometry, imageSize: Extent2D) {
    self.geometry = geometry
    self.imageSize = imageSize
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (gradient, kernel) = (operands[0].shape, operands[1].shape)
    let channels = kernel[2] * geometry.groups
    return [TensorType([gradient[0], imageSize.height, imageSize.width, channels])]
  }
}

/// The gradient of a ``Convolution`` with respect to its kernel.
///
/// Operands: the image; the gradient of the result. Result: the gradient of the kernel.
public struct ConvolutionKernelGradient: Operation {
  public var geometry: ConvolutionGeometry
  public var kernelShape: Shape

  /// The gradient for a kernel of shape (height, width, input channels / groups, output channels).
  public init(_ geometry: ConvolutionGeometry, kernelShape: Shape) {
    self.geometry = geometry
    self.kernelShape = kernelShape
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType(kernelShape)]
  }
}
