/// The normalizations of the published weights. Each takes the resize rule that goes with the model.
extension Preprocessing {
  /// torchvision, timm, Keras DenseNet: scaled to 0...1, ImageNet mean and standard deviation.
  public static func torchvision(
    size: Int, resizeRule: ResizeRule, interpolation: Interpolation = .bilinear
  ) -> Preprocessing {
    Preprocessing(
      size: ImageSize(size), resizeRule: resizeRule, interpolation: interpolation,
      scale: 1.0 / 255, mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
  }

  /// Keras VGG and ResNet V1 ("caffe"): BGR, 0...255, the mean of ImageNet subtracted.
  public static func caffe(
    size: Int, resizeRule: ResizeRule = .stretch, interpolation: Interpolation = .bilinear,
    mean: [Double] = [103.939, 116.779, 123.68]
  ) -> Preprocessing {
    Preprocessing(
      size: ImageSize(size), resizeRule: resizeRule, interpolation: interpolation,
      channelOrder: .bgr, mean: mean)
  }

  /// Keras Inception, MobileNet V1 and V2, ResNet V2 ("tf") and EfficientNet-Lite: -1...1.
  public static func minusOneToOne(
    size: Int, resizeRule: ResizeRule = .stretch, interpolation: Interpolation = .bilinear
  ) -> Preprocessing {
    Preprocessing(
      size: ImageSize(size), resizeRule: resizeRule, interpolation: interpolation,
      scale: 1.0 / 127.5, mean: [1, 1, 1])
  }

  /// Scaled to 0...1.
  public static func unitRange(
    size: Int, resizeRule: ResizeRule = .stretch, interpolation: Interpolation = .bilinear
  ) -> Preprocessing {
    Preprocessing(
      size: ImageSize(size), resizeRule: resizeRule, interpolation: interpolation,
      scale: 1.0 / 255)
  }

  /// 0...255 as decoded, for models that normalize inside (Keras EfficientNet, MobileNet V3).
  public static func unchanged(
    size: Int, resizeRule: ResizeRule = .stretch, interpolation: Interpolation = .bilinear
  ) -> Preprocessing {
    Preprocessing(
      size: ImageSize(size), resizeRule: resizeRule, interpolation: interpolation)
  }
}
