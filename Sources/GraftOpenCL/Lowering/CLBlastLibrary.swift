import CCLBlast
import Foundation
import GraftRuntime
import Synchronization

/// CLBlast's matrix product on one device, used only where it was found to be right.
final class CLBlastLibrary: Sendable {
  private let queue: OpenCLQueue
  private let context: OpenCLContext
  private let folder: ProgramFolder?
  private let verdict = Mutex<Bool?>(nil)

  /// - Parameter folder: Where the verdict on the library stays; nil keeps it in memory only.
  init(queue: OpenCLQueue, context: OpenCLContext, folder: ProgramFolder?) {
    self.queue = queue
    self.context = context
    self.folder = folder
  }

  /// Whether products of several shapes agree with a plain loop on the host.
  ///
  /// Some pairs of driver and version are known to give wrong results. Checked on first use, once
  /// for each device, driver and copy of CLBlast.
  var isSound: Bool {
    verdict.withLock { verdict in
      if let verdict { return verdict }
      let result = keptVerdict ?? freshVerdict()
      verdict = result
      return result
    }
  }

  /// What the verdict is valid for; nil where nobody knows, or where it is not to be kept.
  private var verdictKey: ProgramKey? {
    guard folder != nil, let identity = Self.libraryIdentity else { return nil }
    return ProgramKey(text: "CLBlast \(identity)", options: "", device: context.device)
  }

  private var keptVerdict: Bool? {
    verdictKey.flatMap { folder?.binary(for: $0)?.first }.map { $0 == 1 }
  }

  private func freshVerdict() -> Bool {
    // A check that could not run says nothing about the next time.
    guard let passes = try? CLBlastCheck(library: self, context: context, queue: queue).passes()
    else { return false }
    if let key = verdictKey { folder?.store([passes ? 1 : 0], for: key) }
    return passes
  }

  /// The file that CLBlast is loaded from, with its size and date: the library tells no version.
  private static var libraryIdentity: String? {
    // A file whose size is not told beforehand: read to its end.
    guard let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd(),
      let line = String(decoding: maps, as: UTF8.self).split(separator: "\n")
        .first(where: { $0.contains("/libclblast") }),
      let start = line.firstIndex(of: "/")
    else { return nil }
    let path = String(line[start...])
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let size = attributes?[.size] as? Int, let date = attributes?[.modificationDate] as? Date
    else { return nil }
    return "\(path) \(size) \(date.timeIntervalSince1970)"
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
      workspace: workspaceByteCount == 0
        ? nil : try OpenCLBufferPart(binding.reservedWorkspace))
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
