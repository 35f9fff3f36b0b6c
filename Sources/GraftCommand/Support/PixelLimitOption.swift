import ArgumentParser
import Graft

/// How large a picture may be.
struct PixelLimitOption: ParsableArguments {
  @Option(
    help: """
      Photos of more megapixels are refused, in the file or on their square where they are padded; by \
      default 179, which takes up to 716 MB while one is decoded.
      """)
  var pixelLimit: Double?

  func validate() throws {
    guard let pixelLimit else { return }
    guard pixelLimit >= 1e-6, pixelLimit <= 1e6 else {
      throw ValidationError(
        "--pixel-limit takes megapixels from 0.000001 to 1000000, not \(pixelLimit)")
    }
  }

  func apply(to preprocessing: inout Preprocessing) {
    if let pixelLimit { preprocessing.pixelLimit = Int(pixelLimit * 1e6) }
  }
}
