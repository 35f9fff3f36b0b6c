import GraftGraph
public import GraftRuntime

/// A device of an OpenCL driver: a GPU, or a CPU through a driver such as PoCL.
public final class OpenCLDevice: Device {
  public typealias Buffer = OpenCLBuffer

  public let description: OpenCLDeviceDescription
  public let traits: DeviceTraits
  public let turns = DeviceQueue()
  let context: OpenCLContext
  let queue: OpenCLQueue
  /// None where the device is the host: both would share one memory and the same processors.
  private let besideSteps: OpenCLSideTransfers?
  let programs: ProgramLibrary
  let clblast: CLBlastLibrary
  /// Whether CLBlast's products are among the candidates, once they were found to be right.
  let offersCLBlast: Bool

  /// Opens a device.
  ///
  /// - Parameters:
  ///   - description: One of ``all()``.
  ///   - kind: Which kind's kernels come first, where that is not the device's own.
  ///   - programFolder: Where the verdict on CLBlast is kept and, unless the driver does so itself,
  ///     built programs; `nil` keeps none.
  ///   - offersCLBlast: Whether CLBlast may run products; by default on all but CPU devices, where
  ///     it is slow and takes seconds to start.
  ///   - sliceByteCount: What one operation may read and write before its batch is cut into slices that
  ///     stay in a CPU device's cache, or `nil` for no slices.
  ///   - notify: Told once, in a line, of each kernel file that the driver cannot build: algorithms that
  ///     need it are passed over.
  public init(
    _ description: OpenCLDeviceDescription, treatedAs kind: DeviceTraits.Kind? = nil,
    programFolder: ProgramFolder? = .standard,
    offersCLBlast: Bool? = nil,
    sliceByteCount: Int? = OpenCLDevice.cachedByteCount,
    notify: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(OpenCLError) {
    self.description = description
    let kind = kind ?? description.kind
    traits = DeviceTraits(
      kind: kind, memoryByteCount: description.memoryByteCount,
      // Offsets are 32-bit counts of elements of four bytes.
      largestAllocationByteCount: min(
        description.largestAllocationByteCount, 4 * Int(Int32.max) / 4096 * 4096),
      alignment: description.alignmentByteCount,
      // Kernels take places within a buffer in elements.
      slicing: kind != .cpu
        ? nil
        : sliceByteCount.map {
          BatchSlicing(byteCount: $0, alignment: MemoryLayout<Float>.alignment)
        })
    self.offersCLBlast = offersCLBlast ?? (traits.kind != .cpu)
    tuningVersion = "\(traits.kind) \(KernelText.version)"
    context = try OpenCLContext(device: description)
    queue = try OpenCLQueue(context: context)
    besideSteps =
      traits.kind == .cpu ? nil : try OpenCLSideTransfers(beside: queue, in: context)
    programs = ProgramLibrary(
      context: context, folder: description.keepsCompiledKernels ? nil : programFolder,
      notify: notify)
    clblast = CLBlastLibrary(queue: queue, context: context, folder: programFolder)
  }

  /// Half of the host's last cache, as on the CPU backend.
  public static var cachedByteCount: Int { HostCache.slicedByteCount }

  /// The devices of all drivers, GPUs first, else in the drivers' order.
  ///
  /// - Throws: ``OpenCLError/noPlatform`` where no driver is installed.
  public static func all() throws(OpenCLError) -> [OpenCLDeviceDescription] {
    let platforms = try OpenCLPlatform.all()
    if platforms.isEmpty { throw .noPlatform }
    let devices = platforms.flatMap(\.devices)
    return [.gpu, .accelerator, .cpu].flatMap { kind in devices.filter { $0.kind == kind } }
  }

  public var name: String { description.description }
  public var identity: String {
    "\(description.vendor) \(description.name), \(description.platform), "
      + "driver \(description.driverVersion)"
  }
  public let tuningVersion: String?
  public var allocatedByteCount: Int { context.allocatedByteCount }

  /// Allocates memory whose content is undefined.
  ///
  /// - Throws: `OpenCLError` where the device has too little left.
  public func makeBuffer(byteCount: Int) throws -> OpenCLBuffer {
    try OpenCLBuffer(byteCount: byteCount, in: context)
  }

  /// Copies bytes into a slice, which is at least as large, in order with what was enqueued before.
  ///
  /// - Throws: `OpenCLError`.
  public func write(
    _ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<OpenCLBuffer>
  ) throws {
    precondition(bytes.count <= slice.byteCount, "more bytes than the slice holds")
    try queue.write(bytes, to: slice.buffer, atByteOffset: slice.byteOffset)
  }

  /// Copies the first bytes of a slice, as many as `bytes` holds, once everything enqueued before is
  /// done.
  ///
  /// - Throws: `OpenCLError`.
  public func read(
    _ slice: BufferSlice<OpenCLBuffer>, into bytes: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(bytes.count <= slice.byteCount, "more bytes than the slice holds")
    try queue.read(slice.buffer, atByteOffset: slice.byteOffset, into: bytes)
  }

  /// Waits until everything enqueued is done.
  ///
  /// - Throws: `OpenCLError`.
  public func synchronize() throws { try queue.finish() }

  public var sideTransfers: (any SideTransfers<OpenCLBuffer>)? { besideSteps }

  /// Builds a kernel file, unless that was done before.
  ///
  /// - Throws: ``OpenCLError/build(file:options:device:log:)`` with the compiler's words.
  package func build(_ file: String, macros: [String: String]) throws(OpenCLError) {
    _ = try programs.program(file, macros: macros)
  }

  /// All ways to run `problem`, the best guess first, the plain reference last.
  ///
  /// - Throws: `UnsupportedOperation` where there is none; what building its kernels throws.
  public func candidates(for problem: Problem) throws -> [any Lowering<OpenCLBuffer>] {
    guard let operation = problem.operation as? any OpenCLOperation,
      problem.results.allSatisfy({ $0.elementType == .float32 })
    else { throw UnsupportedOperation(operation: problem.operation, deviceName: name) }
    let candidates = try operation.candidates(for: problem, on: self)
    if candidates.isEmpty {
      throw UnsupportedOperation(operation: problem.operation, deviceName: name)
    }
    return candidates
  }
}
