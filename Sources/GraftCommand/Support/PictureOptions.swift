import ArgumentParser
import Graft

/// How photos become what a network takes, where that is not to be as its weights were trained.
struct PictureOptions: ParsableArguments {
  @Option(help: "How photos are made to fit: model, stretch or pad (to a white square).")
  var fit = Fit.model

  @Option(help: "How pixels become numbers: model, torch, caffe, tf (-1 to 1) or unit (0 to 1).")
  var pixels = Pixels.model

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
    switch fit {
    case .model: break
    case .stretch: result.resizeRule = .stretch
    case .pad: result.resizeRule = .padToSquare(color: .white)
    }
    return result
  }
}
