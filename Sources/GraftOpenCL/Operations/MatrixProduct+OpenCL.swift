import GraftGraph
import GraftRuntime

extension MatrixProduct: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) throws -> [any Lowering<OpenCLBuffer>] {
    let (left, result) = (problem.operands[0].shape, problem.results[0].shape)
    let columns = result[result.rank - 1]
    let rows = result.count / max(1, columns)
    let depth = left[transposesLeft ? 0 : left.rank - 1]
    var candidates: [any Lowering<OpenCLBuffer>] = []
    if !device.isCPU {
      candidates = [block(rows: rows, columns: columns, depth: depth, on: device)]
    } else if let tile = tile(rows: rows, columns: columns, depth: depth, on: device) {
      candidates = [tile]
    }
    if epilogue == .none, device.offersCLBlast, device.clblast.isSound {
      let product = CLBlastProduct(
        rows: rows, columns: columns, depth: depth, transposesLeft: transposesLeft,
        transposesRight: transposesRight)
      // Its tuned kernels need a GPU and products large enough to fill it.
      let isLarge = rows * columns >= 128 * 128 && depth >= 64
      candidates.insert(
        try CLBlastLowering(product, on: device),
        at: device.isCPU || !isLarge ? candidates.count : 0)
    }
    return candidates + [naive(rows: rows, columns: columns, depth: depth, on: device)]
  }

  private var transposeMacros: [String: String] {
    [
      "TRANSPOSES_LEFT": transposesLeft ? "1" : "0",
      "TRANSPOSES_RIGHT": transposesRight ? "1" : "0",
    ]
  }

  /// The product as a 1x1 convolution or the gradient of one, in registers.
  private func tile(rows: Int, columns: Int, depth: Int, on device: OpenCLDevice) -> KernelLowering?
  {
    if !transposesLeft {
      let packing = PanelPacking(
        columns: columns, depth: depth, innerCount: depth,
        innerStride: transposesRight ? 1 : columns, columnStride: transposesRight ? depth : 1,
        zeroCount: 0)
      return ConvolutionTile(
        ConvolutionProblem(rows: rows, depth: depth, columns: columns), packing: packing,
        epilogue: epilogue
      ).lowering(on: device)
    }
    guard !transposesRight, epilogue == .none else { return nil }
    return KernelGradientTile(ConvolutionProblem(rows: depth, depth: rows, columns: columns))
      .lowering(on: device)
  }

  private func block(rows: Int, columns: Int, depth: Int, on device: OpenCLDevice) -> KernelLowering
  {
    BlockProduct(
      rows: rows, columns: columns, depth: depth,
      role: .product(transposesLeft: transposesLeft, transposesRight: transposesRight),
      epilogue: epilogue
    ).lowering(on: device)
  }

  private func naive(rows: Int, columns: Int, depth: Int, on device: OpenCLDevice) -> KernelLowering
  {
    KernelLowering(name: "naive", device: device, isContender: false) { binding in
      let counts: [any KernelArgument] = [rows, columns, depth]
      return [
        KernelCall(
          "product", in: "matrix/naive.cl", macros: transposeMacros.merging(epilogue.macros) { $1 },
          arguments: counts + [binding.operands[0], binding.operands[1]]
            + epilogue.arguments(binding) + [binding.results[0]],
          range: device.range(rows * columns))
      ]
    }
  }
}
