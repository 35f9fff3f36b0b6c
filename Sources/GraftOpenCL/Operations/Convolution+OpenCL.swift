import GraftGraph
import GraftRuntime

extension Convolution: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let convolution = ConvolutionProblem(
      image: problem.operands[0], kernel: problem.operands[1].shape, result: problem.results[0],
      geometry: geometry)
    let tile = ConvolutionTile(convolution, epilogue: epilogue).lowering(on: device)
    let block = BlockProduct(
      rows: convolution.resultPixels, columns: convolution.resultChannels,
      depth: convolution.taps * convolution.imageChannels, groups: convolution.groups,
      role: .convolution(convolution), epilogue: epilogue
    ).lowering(on: device)
    let naive = convolution.naive(
      "convolution", count: problem.results[0].shape.count, epilogue: epilogue, on: device)
    let general = [device.isCPU ? tile : block, naive]
    if convolution.isDepthwise {
      return [DepthwiseLowering(convolution, on: device).forward(epilogue)] + general.outclassed
    }
    return general.adding(
      WinogradProblem(convolution), of: problem, epilogue: epilogue, on: device)
  }
}

extension ConvolutionInputGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let convolution = ConvolutionProblem(
      image: problem.results[0], kernel: problem.operands[1].shape, result: problem.operands[0],
      geometry: geometry)
    let tile = ConvolutionTile(inputGradientOf: convolution).lowering(on: device)
    let block = BlockProduct(
      rows: convolution.imagePixels, columns: convolution.imageChannels,
      depth: convolution.taps * convolution.resultChannels, groups: convolution.groups,
      role: .inputGradient(convolution)
    ).lowering(on: device)
    let naive = convolution.naive(
      "convolution_input_gradient", count: problem.results[0].shape.count, on: device)
    let general = [device.isCPU ? tile : block, naive]
    guard convolution.isDepthwise else {
      return general.adding(
        WinogradProblem(inputGradientOf: convolution), of: problem, on: device)
    }
    let depthwise = DepthwiseLowering(convolution, on: device)
    let best = depthwise.inputGradient()
    return (best.name == "gather" ? [best] : [best, depthwise.gather()]) + general.outclassed
  }
}

extension ConvolutionKernelGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let convolution = ConvolutionProblem(
      image: problem.operands[0], kernel: kernelShape, result: problem.operands[1],
      geometry: geometry)
    let tile = KernelGradientTile(convolution).lowering(on: device)
    let block = BlockProduct(
      rows: convolution.taps * convolution.imageChannels, columns: convolution.resultChannels,
      depth: convolution.resultPixels, groups: convolution.groups,
      role: .kernelGradient(convolution), maySplit: true
    ).lowering(on: device)
    let naive = convolution.naive(
      "convolution_kernel_gradient", count: convolution.kernelCount, on: device)
    let general = [device.isCPU ? tile : block, naive]
    if convolution.isDepthwise {
      return [DepthwiseLowering(convolution, on: device).kernelGradient()] + general.outclassed
    }
    guard device.isCPU, let winograd = WinogradGradient(convolution) else { return general }
    return general.adding(winograd.lowering(on: device), pays: winograd.pays)
  }
}

extension [KernelLowering] {
  /// These, none of which may be the fastest: what takes channels together, where each has a kernel of
  /// its own.
  fileprivate var outclassed: [KernelLowering] {
    map { lowering in
      var lowering = lowering
      lowering.isContender = false
      return lowering
    }
  }

  /// These and the device's kind of Winograd's algorithm where it can run.
  fileprivate func adding(
    _ winograd: WinogradProblem?, of problem: Problem, epilogue: Epilogue = .none,
    on device: OpenCLDevice
  ) -> [KernelLowering] {
    guard let winograd else { return self }
    let lowering =
      device.isCPU
      ? WinogradTile(winograd, epilogue: epilogue).lowering(on: device)
      : WinogradStages(winograd, epilogue: epilogue).lowering(on: device)
    // A GPU is busy with many tiles only.
    let kernelIsConstant = device.isCPU && problem.constantOperands.contains(1)
    return adding(lowering, pays: winograd.pays(kernelIsConstant: kernelIsConstant))
  }

  /// These and another: first where it is likely to pay, else before the reference.
  fileprivate func adding(_ other: KernelLowering?, pays: Bool) -> [KernelLowering] {
    guard let other else { return self }
    return pays ? [other] + self : dropLast() + [other] + suffix(1)
  }
}

extension ConvolutionProblem {
  /// By the definition, one work-item an element of the result.
  fileprivate func naive(
    _ kernel: String, count: Int, epilogue: Epilogue = .none, on device: OpenCLDevice
  ) -> KernelLowering {
    let sizes =
      [
        imageCount, groups, image.height, image.width, imageChannels, result.height,
        result.width, resultChannels,
      ] + windowArguments
    return KernelLowering(name: "naive", device: device, isContender: false) { binding in
      [
        KernelCall(
          kernel, in: "convolution/naive.cl", macros: epilogue.macros,
          arguments: sizes + [binding.operands[0], binding.operands[1]]
            + epilogue.arguments(binding) + [binding.results[0]],
          range: device.range(count))
      ]
    }
  }
}
