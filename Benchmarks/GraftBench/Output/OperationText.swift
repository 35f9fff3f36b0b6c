import Graft

/// Operations on given shapes in few words.
enum OperationText {
  /// The operation's name, telling kinds of convolutions apart.
  static func kind(_ operation: any Operation, _ operands: [TensorType]) -> String {
    guard let (geometry, kernel) = convolution(operation, operands) else { return operation.name }
    let isDepthwise = geometry.groups > 1 && kernel[2] == 1
    return "\(operation.name) \(kernel[0])×\(kernel[1])"
      + (geometry.strides == Extent2D(1) ? "" : " stride \(geometry.strides.height)")
      + (isDepthwise ? " depthwise" : geometry.groups > 1 ? " grouped" : "")
  }

  static func describe(
    _ operation: any Operation, _ operands: [TensorType], _ results: [TensorType]
  ) -> String {
    let shapes = operands.prefix(2).map(\.shape.description).joined(separator: ", ")
    let epilogue: Epilogue? =
      (operation as? Convolution)?.epilogue ?? (operation as? MatrixProduct)?.epilogue
    return "\(kind(operation, operands)) (\(shapes)) → \(results[0].shape)"
      + (epilogue?.hasResidual ?? false ? " + residual" : "")
      + (epilogue?.activation.map { ", \($0)" } ?? "")
  }

  private static func convolution(
    _ operation: any Operation, _ operands: [TensorType]
  ) -> (ConvolutionGeometry, Shape)? {
    switch operation {
    case let convolution as Convolution: (convolution.geometry, operands[1].shape)
    case let gradient as ConvolutionInputGradient: (gradient.geometry, operands[1].shape)
    case let gradient as ConvolutionKernelGradient: (gradient.geometry, gradient.kernelShape)
    default: nil
    }
  }
}
