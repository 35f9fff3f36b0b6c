public import GraftData
import GraftLayers

extension Model {
  /// How pictures become what the model takes: as its backbone's weights were trained, at the
  /// model's own size; without a backbone scaled to 0...1 and stretched.
  public var preprocessing: Preprocessing {
    let size = ImageSize(width: inputSize.width, height: inputSize.height)
    guard var preprocessing = backbone?.variant.preprocessing else {
      return Preprocessing(size: size, resizeRule: .stretch, scale: 1 / 255)
    }
    preprocessing.resize(to: size)
    if inputChannels == 1 { preprocessing.turnGray() }
    return preprocessing
  }
}

extension Preprocessing {
  /// Normalizes by the means over the channels.
  fileprivate mutating func turnGray() {
    channelOrder = .gray
    mean = [mean.reduce(0, +) / Double(mean.count)]
    standardDeviation = [standardDeviation.reduce(0, +) / Double(standardDeviation.count)]
  }

  /// Keeps the share of the picture that is cut out.
  fileprivate mutating func resize(to newSize: ImageSize) {
    if case .shorterSideThenCentreCrop(let side) = resizeRule {
      let share = Double(side) / Double(min(size.width, size.height))
      let target = Double(min(newSize.width, newSize.height))
      // Sizes beyond all reason are refused where the model is traced.
      let resized = min(max((target * share).rounded(), 1), 0x1p40)
      resizeRule = .shorterSideThenCentreCrop(resize: Int(resized))
    }
    size = newSize
  }
}
