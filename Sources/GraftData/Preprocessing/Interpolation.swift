import GraftImageKernels

/// How pixels between pixels are found. All but `nearest` are antialiased, as in Pillow: where a
/// picture shrinks, the filter widens.
public enum Interpolation: String, CaseIterable, Codable, Sendable {
  case nearest
  case box
  case bilinear
  case bicubic
  case lanczos

  /// The filter of the convolution, nil for `nearest`.
  var filter: GraftFilter? {
    switch self {
    case .nearest: nil
    case .box: GraftFilterBox
    case .bilinear: GraftFilterBilinear
    case .bicubic: GraftFilterBicubic
    case .lanczos: GraftFilterLanczos
    }
  }
}
