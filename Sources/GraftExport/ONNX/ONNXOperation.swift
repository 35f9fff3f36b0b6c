public import GraftGraph

/// An operation that can be written as nodes of ONNX.
///
/// Images are (N, channels, height, width) there; everything else has Graft's order of axes.
public protocol ONNXOperation: Operation {
  /// Adds the nodes that compute the operation.
  ///
  /// - Returns: The name of the result.
  /// - Throws: ``ExportError/unsupported(_:reason:layer:)`` for what ONNX can't say.
  func addNodes(in step: ONNXStep) throws -> String
}
