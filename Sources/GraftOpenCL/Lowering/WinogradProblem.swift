import GraftGraph
import GraftRuntime

/// A convolution of stride 1 by 3×3 or 5×5 kernels or lines of 3 or 7 taps, or the gradient of its image,
/// which is a convolution by the turned kernel, in tiles of Winograd's filtering.
struct WinogradProblem {
  let imageCount: Int
  let kernel: Extent2D
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
    kernel = problem.kernel
    (source, sourceChannels) = (problem.image, problem.imageChannels)
    (target, targetChannels) = (problem.result, problem.resultChannels)
    paddingTop = problem.geometry.padding.top
    paddingLeft = problem.geometry.padding.left
    self.turnsKernel = turnsKernel
  }

  /// The results of one tile along both axes.
  var tile: Extent2D { Extent2D(Self.results(kernel.height), Self.results(kernel.width)) }

  /// The products of one tile: results and taps along each axis less one.
  var pointCount: Int {
    (tile.height + kernel.height - 1) * (tile.width + kernel.width - 1)
  }

  var tilesDown: Int { target.height.dividedRoundingUp(by: tile.height) }
  var tilesAcross: Int { target.width.dividedRoundingUp(by: tile.width) }
  var tileCount: Int { imageCount * tilesDown * tilesAcross }

  /// The algorithm's name.
  var name: String { "winograd\(tile.height)x\(tile.width)" }

  /// What kernels must know to be built.
  var macros: [String: String] {
    ["ROW_TAPS": "\(kernel.height)", "COLUMN_TAPS": "\(kernel.width)"]
  }

  private static func results(_ taps: Int) -> Int { taps == 1 ? 1 : taps == 5 ? 2 : 4 }

  /// Whether the transforms are likely to pay: the transformed kernel is four times as large as the
  /// plain one, which few tiles don't make up for.
  ///
  /// - Parameter kernelIsConstant: Whether it is transformed only once.
  func pays(kernelIsConstant: Bool = false) -> Bool {
    min(sourceChannels, targetChannels) >= 32 && (kernelIsConstant || tileCount >= 32)
  }

  /// The kernel, transformed and packed into panels of output channels.
  func preparation(
    of operand: Int, panelWidth: Int, on device: OpenCLDevice
  ) -> OperandPreparation<OpenCLBuffer> {
    let panels = targetChannels.dividedRoundingUp(by: panelWidth)
    let key =
      "winograd \(kernel.height)x\(kernel.width) \(sourceChannels) \(targetChannels) \(panelWidth)"
      + (turnsKernel ? " turned" : "")
    return OperandPreparation(
      operand: operand, key: key,
      byteCount: 4 * pointCount * panels * panelWidth * sourceChannels
    ) { plain, packed in
      let (vectorWidth, run) = device.isCPU ? (device.registerWidth, 64) : (1, 1)
      let call = KernelCall(
        "winograd_pack", in: "convolution/winograd_pack.cl",
        macros: ["PANEL": panelWidth, "VECTOR_WIDTH": vectorWidth, "RUN": run]
          .mapValues(String.init).merging(macros) { $1 },
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
      ? [
        -kernel.width * plane, -plane, 1, sourceChannels,
        (kernel.height * kernel.width - 1) * plane,
      ]
      : [kernel.width * plane, plane, targetChannels, 1, 0]
    return [sourceChannels, targetChannels] + places
  }
}

extension ConvolutionProblem {
  fileprivate var suitsWinograd: Bool {
    let kernels = [(3, 3), (5, 5), (1, 3), (3, 1), (1, 7), (7, 1)]
    return kernels.contains { kernel == Extent2D($0.0, $0.1) }
      && geometry.strides == Extent2D(1) && geometry.dilation == Extent2D(1) && groups == 1
  }
}
