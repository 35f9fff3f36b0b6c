import GraftGraph

/// The way from the axes of one parameter in a file to its axes in Graft, and back.
struct AxisArrangement {
  /// The extents that a file has, or gets when it is written.
  let storedExtents: [Int]
  /// The stored extents, where a flattened image is split into its axes.
  private let factors: [Int]
  /// Which factor each axis in Graft is; nil where nothing moves.
  private let order: [Int]?
  /// Further extents under which the same elements are found.
  private let accepts: @Sendable ([Int]) -> Bool

  init(_ layout: WeightLayout, _ parameter: Parameter) {
    let extents = parameter.type.shape.extents
    switch (layout, parameter.role) {
    case (.torch, .convolutionKernel), (.torch, .depthwiseKernel),
      (.tensorFlowONNX, .convolutionKernel), (.tensorFlowONNX, .depthwiseKernel):
      // Spatial axes, in, out become out, in, spatial axes.
      let spatial = extents.count - 2
      let stored = [extents[spatial + 1], extents[spatial]] + extents[..<spatial]
      self.init(stored, order: Array(2..<spatial + 2) + [1, 0])
    case (.torch, .denseKernel):
      let stored = [extents[1], extents[0]]
      // Some networks write their classifier as a convolution of one pixel.
      self.init(stored, order: [1, 0], accepts: { $0 == stored + [1, 1] })
    case (.torch, .flattenedDenseKernel(let height, let width, let channels)):
      let factors = [extents[1], channels, height, width]
      // Some networks write this layer as a convolution of the whole image.
      self.init(
        [extents[1], extents[0]], factors: factors, order: [2, 3, 1, 0],
        accepts: { $0 == factors })
    case (.torch, .channelScale):
      // torchvision lets it broadcast over an image, timm writes a vector.
      self.init(
        [extents[0], 1, 1], accepts: { $0.filter { $0 != 1 } == extents.filter { $0 != 1 } })
    case (.keras, .denseKernel):
      // Some networks write their classifier as a convolution of one pixel.
      self.init(extents, accepts: { $0 == [1, 1] + extents })
    case (.keras, .depthwiseKernel):
      let spatial = extents.count - 2
      self.init(
        extents[..<spatial] + [extents[spatial + 1], 1],
        accepts: { found in
          // The multiplier is the file's to choose: channels · multiplier are one axis in memory.
          found.count == extents.count && found[..<spatial] == extents[..<spatial]
            && StridedView.count(of: Array(found[spatial...])) == extents[spatial + 1]
        })
    default:
      self.init(
        extents,
        accepts: { found in
          // A vector may be written to broadcast over an image: (channels, 1, 1).
          extents.count == 1 && found.filter { $0 != 1 } == extents.filter { $0 != 1 }
        })
    }
  }

  private init(
    _ storedExtents: [Int], factors: [Int]? = nil, order: [Int]? = nil,
    accepts: @escaping @Sendable ([Int]) -> Bool = { _ in false }
  ) {
    self.storedExtents = storedExtents
    self.factors = factors ?? storedExtents
    self.order = order
    self.accepts = { $0 == storedExtents || accepts($0) }
  }

  /// Whether a tensor of these extents in a file can be the parameter.
  func accepts(_ shape: Shape) -> Bool { accepts(shape.extents) }

  /// A stored tensor in Graft's order.
  func arrange(_ stored: StridedView) -> StridedView {
    order.map { stored.refined(into: factors).permuted($0) } ?? stored
  }

  /// The elements of a parameter in the order of the file.
  func storedElements(_ elements: [Float]) -> [Float] {
    guard let order, let view = StridedView(order.map { factors[$0] }) else { return elements }
    precondition(view.count == elements.count, "\(elements.count) elements for \(storedExtents)")
    let inverse = factors.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    let stored = view.permuted(inverse)
    return [Float](unsafeUninitializedCapacity: elements.count) { output, initializedCount in
      elements.withUnsafeBytes {
        stored.gather(
          from: $0, .float32, .littleEndian,
          into: UnsafeMutableBufferPointer(rebasing: output[..<elements.count]))
      }
      initializedCount = elements.count
    }
  }
}
