import CCLBlast
import GraftRuntime
import Synchronization

/// CLBlast's matrix product on one device, used only where it was found to be right.
final class CLBlastLibrary: Sendable {
  private let queue: OpenCLQueue
  private let context: OpenCLContext
  private let verdict = Mutex<Bool?>(nil)

  init(queue: OpenCLQueue, context: OpenCLContext) {
    self.queue = queue
    self.context = context
  }

  /// Whether products of several shapes agree with a plain loop on the host.
  ///
  /// Some pairs of driver and version are known to give wrong results. Checked once, on first use.
  var isSound: Bool {
    verdict.withLock { verdict in
      if let verdict { return verdict }
      let result = (try? CLBlastCheck(library: self, context: context, queue: queue).passes())
      verdict = result ?? false
      return result ?? false
    }
  }

  /// The scratch memory that a product needs, in bytes.
  func workspaceByteCount(of product: CLBlastProduct) throws(OpenCLError) -> Int {
    var byteCount = 0
    var queue: cl_command_queue? = queue.handle
    // Offsets other than zero need the most.
    let status = CLBlastSGemmTempBufferSize(
      CLBlastLayoutRowMajor, product.leftTranspose, product.rightTranspose,
      product.rows, product.columns, product.depth, 64, product.leftStride, 64,
      product.rightStride, 64, product.columns, &queue, &byteCount)
    try check(status.rawValue, "CLBlastSGemmTempBufferSize")
    return byteCount
  }

  /// Enqueues result = left · right.
  func enqueue(
    _ product: CLBlastProduct, left: OpenCLSlice, right: OpenCLSlice, result: OpenCLSlice,
    workspace: OpenCLBufferPart?
  ) throws(OpenCLError) {
    var queue: cl_command_queue? = queue.handle
    let status = CLBlastSgemmWithTempBuffer(
      CLBlastLayoutRowMajor, product.leftTranspose, product.rightTranspose,
      product.rows, product.columns, product.depth, 1,
      left.buffer.handle, left.byteOffset / 4, product.leftStride,
      right.buffer.handle, right.byteOffset / 4, product.rightStride, 0,
      result.buffer.handle, result.byteOffset / 4, product.columns, &queue, nil,
      workspace?.handle)
    try check(status.rawValue, "CLBlastSgemm")
  }
}

/// The shape of a product of row-major matrices.
struct CLBlastProduct {
  let rows: Int
  let columns: Int
  let depth: Int
  var transposesLeft = false
  var transposesRight = false

  var leftStride: Int { transposesLeft ? rows : depth }
  var rightStride: Int { transposesRight ? depth : columns }
  var leftTranspose: CLBlastTranspose {
    transposesLeft ? CLBlastTransposeYes : CLBlastTransposeNo
  }
  var rightTranspose: CLBlastTranspose {
    transposesRight ? CLBlastTransposeYes : CLBlastTransposeNo
  }
}

/// A product by CLBlast, with its scratch memory in the plan.
struct CLBlastLowering: Lowering {
  let name = "clblast"
  let product: CLBlastProduct
  let device: OpenCLDevice
  let workspaceByteCount: Int

  init(_ product: CLBlastProduct, on device: OpenCLDevice) throws(OpenCLError) {
    self.product = product
    self.device = device
    workspaceByteCount = try device.clblast.workspaceByteCount(of: product)
  }

  func bind(_ binding: Binding<OpenCLBuffer>) throws -> any Step {
    CLBlastStep(
      product: product, library: device.clblast, left: binding.operands[0],
      right: binding.operands[1], result: binding.results[0],
      workspace: try binding.workspace.map { try OpenCLBufferPart($0) })
  }
}

private struct CLBlastStep: Step {
  let product: CLBlastProduct
  let library: CLBlastLibrary
  let left: OpenCLSlice
  let right: OpenCLSlice
  let result: OpenCLSlice
  let workspace: OpenCLBufferPart?

  func enqueue() throws {
    try library.enqueue(product, left: left, right: right, result: result, workspace: workspace)
  }
}
