import GraftRuntime

/// The right-hand matrix of a product cut into panels of columns, each contiguous along the depth:
/// what the register tiles of CPU devices read.
struct PanelPacking {
  var groups = 1
  /// Columns of one group.
  var columns: Int
  /// The rows of the matrix: taps times `innerCount`.
  var depth: Int
  var innerCount: Int
  /// Where the first element lies in the source, and what lies between neighbours, in elements.
  var first = 0
  var groupStride = 0
  var tapStride = 0
  var innerStride: Int
  var columnStride: Int
  /// The zeros after the last panel, which stand for pixels outside the image.
  var zeroCount: Int

  /// The columns of one panel: two vectors.
  func panelWidth(on device: OpenCLDevice) -> Int { 2 * device.registerWidth }

  /// The panels of all groups.
  func panelCount(on device: OpenCLDevice) -> Int {
    groups * columns.dividedRoundingUp(by: panelWidth(on: device))
  }

  func byteCount(on device: OpenCLDevice) -> Int {
    4 * (panelCount(on: device) * depth * panelWidth(on: device) + zeroCount)
  }

  /// The packing as the preparation of an operand.
  func preparation(of operand: Int, on device: OpenCLDevice) -> OperandPreparation<OpenCLBuffer> {
    let geometry = [
      panelWidth(on: device), groups, columns, depth, innerCount, groupStride, tapStride,
      innerStride, columnStride, zeroCount, first,
    ]
    return OperandPreparation(
      operand: operand, key: "panels " + geometry.map(String.init).joined(separator: " "),
      byteCount: byteCount(on: device)
    ) { source, packed in
      try KernelStep([call(from: source, to: packed, on: device)], on: device)
    }
  }

  private func call(from source: OpenCLSlice, to packed: OpenCLSlice, on device: OpenCLDevice)
    -> KernelCall
  {
    let run = 64
    return KernelCall(
      "pack_panels", in: "matrix/pack.cl",
      macros: ["PANEL": "\(panelWidth(on: device))", "RUN": "\(run)"],
      arguments: [
        groups, columns, depth, innerCount, groupStride, tapStride, innerStride, columnStride,
        zeroCount, first, source, packed,
      ],
      range: WorkRange(depth.dividedRoundingUp(by: run), panelCount(on: device) + 1))
  }
}
