import GraftGraph

/// How a source orders the axes of its tensors.
public enum WeightLayout: String, Hashable, Sendable, CaseIterable {
  /// PyTorch's: convolutions (out, in, height, width), dense (out, in); an image is flattened as
  /// channels, height, width.
  case torch
  /// Keras's: convolutions (height, width, in, out), depthwise (height, width, channels,
  /// multiplier), dense (in, out); an image is flattened as height, width, channels.
  case keras
  /// That of networks of Keras in ONNX: PyTorch's for convolutions, Keras's for all else.
  case tensorFlowONNX
  /// Graft's own: Keras's, but depthwise (height, width, 1, channels · multiplier).
  case graft

  /// The extents that a parameter has in files of this layout.
  public func shape(of parameter: Parameter) -> Shape {
    Shape(AxisArrangement(self, parameter).storedExtents)
  }
}
