import ArgumentParser
import Graft

/// How photos become what a network takes, where that is not to be as its weights were trained.
struct PictureOptions: ParsableArguments {
  @Option(help: "How photos are made to fit: model, stretch or pad (to a white square).")
  var fit = Fit.model

  @Option(help: "How pixels become numbers: model, torch, caffe, tf (-1 to 1) or unit (0 to 1).")
  var pixels = Pixels.model

  @Option(
    help: """
      How JPEG files are decoded: model, exact (every pixel) or fast (at 1/2, 1/4 or 1/8 of the size \
      where that is enough; a few grey levels away).
      """)
  var decode = Decode.model

  @OptionGroup var limit: PixelLimitOption

  enum Decode: String, CaseIterable, ExpressibleByArgument { case model, exact, fast }

  enum Pixels: String, CaseIterable, ExpressibleByArgument { case model, torch, caffe, tf, unit }

  enum Fit: String, CaseIterable, ExpressibleByArgument { case model, stretch, pad }

  func adjusted(_ preprocessing: Preprocessing) -> Preprocessing {
    var result = preprocessing
    let side = preprocessing.size.width
    let numbers: Preprocessing? =
      switch pixels {
      case .model: nil
      case .torch: .torchvision(size: side, resizeRule: .stretch)
      case .caffe: .caffe(size: side)
      case .tf: .minusOneToOne(size: side)
      case .unit: .unitRange(size: side)
      }
    if let numbers {
      (result.channelOrder, result.scale) = (numbers.channelOrder, numbers.scale)
      (result.mean, result.standardDeviation) = (numbers.mean, numbers.standardDeviation)
    }
    switch decode {
    case .model: break
    case .exact: result.jpegDecoding = .exact
    case .fast: result.jpegDecoding = .shrinkOnLoad
    }
    limit.apply(to: &result)
    switch fit {
    case .model: break
    case .stretch: result.resizeRule = .stretch
    case .pad: result.resizeRule = .padToSquare(color: .white)
    }
    return result
  }
}
