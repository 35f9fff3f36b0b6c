import GraftGraph
import GraftRuntime

/// The products of F(4×4, 3×3): one for each pair of the transforms' six points.
let winogradPoints = 36

/// A convolution by 3×3 kernels with stride 1, or the gradient of its image, which is a convolution by
/// the turned kernel, in tiles of 4×4 results.
struct WinogradProblem {
  let imageCount: Int
  let source: Extent2D
  let sourceChannels: Int
  let target: Extent2D
  let targetChannels: Int
  let paddingTop: Int
  let paddingLeft: Int
  private let turnsKernel: Bool

  /// Returns `nil` where the convolution is of another kind.
  init?(_ problem: ConvolutionProblem) {
    guard problem.suitsWinograd else { return nil }
    self.init(problem, turnsKernel: false)
  }

  /// The gradient of the image.
  init?(inputGradientOf problem: ConvolutionProblem) {
    guard problem.suitsWinograd else { return nil }
    self.init(problem.reversed, turnsKernel: true)
  }

  private init(_ problem: ConvolutionProblem, turnsKernel: Bool) {
    imageCount = problem.imageCount
    (source, sourceChannels) = (problem.image, problem.imageChannels)
    (target, targetChannels) = (problem.result, problem.resultChannels)
    paddingTop = problem.geometry.padding.top
    paddingLeft = problem.geometry.padding.left
    self.turnsKernel = turnsKernel
  }

  var tilesDown: Int { target.height.dividedRoundingUp(by: 4) }
  var tilesAcross: Int { target.width.dividedRoundingUp(by: 4) }
  var tileCount: Int { imageCount * tilesDown * tilesAcross }

  /// Whether the transforms are likely to pay: the transformed kernel is four times as large as the
  /// plain one, which few tiles don't make up for.
  var pays: Bool { min(sourceChannels, targetChannels) >= 32 && tileCount >= 32 }

  /// The kernel, transformed and packed into panels of output channels.
  func preparation(
    of operand: Int, panelWidth: Int, on device: OpenCLDevice
  ) -> OperandPreparation<OpenCLBuffer> {
    let panels = targetChannels.dividedRoundingUp(by: panelWidth)
    let key =
      "winograd4x4 \(sourceChannels) \(targetChannels) \(panelWidth)"
      + (turnsKernel ? " turned" : "")
    return OperandPreparation(
      operand: operand, key: key,
      byteCount: 4 * winogradPoints * panels * panelWidth * sourceChannels
    ) { plain, packed in
      let (vectorWidth, run) = device.isCPU ? (device.registerWidth, 64) : (1, 1)
      let call = KernelCall(
        "winograd_pack", in: "convolution/winograd_pack.cl",
        macros: ["PANEL": panelWidth, "VECTOR_WIDTH": vectorWidth, "RUN": run]
          .mapValues(String.init),
        arguments: kernelArguments + [plain, packed],
        range: device.range(
          panels * panelWidth / vectorWidth, sourceChannels.dividedRoundingUp(by: run)))
      return try KernelStep([call], on: device)
    }
  }

  /// Counts of channels, strides and the first element of the plain kernel.
  private var kernelArguments: [Int] {
    let plane = sourceChannels * targetChannels
    let places =
      turnsKernel
      ? [-3 * plane, -plane, 1, sourceChannels, 8 * plane]
      : [3 * plane, plane, targetChannels, 1, 0]
    return [sourceChannels, targetChannels] + places
  }
}

extension ConvolutionProblem {
  fileprivate var suitsWinograd: Bool {
    kernel == Extent2D(3) && geometry.strides == Extent2D(1) && geometry.dilation == Extent2D(1)
      && groups == 1
  }
}
