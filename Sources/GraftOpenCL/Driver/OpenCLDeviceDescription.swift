import COpenCL
public import GraftRuntime

/// What an OpenCL device says of itself.
// The identifier is never released: root devices live as long as their driver.
public struct OpenCLDeviceDescription: @unchecked Sendable, CustomStringConvertible {
  let identifier: cl_device_id
  public let name: String
  public let vendor: String
  public let kind: DeviceTraits.Kind
  /// The name and version of the driver's platform.
  public let platform: String
  public let driverVersion: String
  public let computeUnitCount: Int
  /// All memory, in bytes.
  public let memoryByteCount: Int
  /// The largest single buffer, in bytes.
  public let largestAllocationByteCount: Int
  /// What buffer offsets are aligned to, in bytes: no less than a cache line.
  public let alignmentByteCount: Int
  /// The floats that fit one hardware vector: 8 with AVX2, 16 with AVX-512, 4 with NEON.
  public let floatVectorWidth: Int
  /// Whether a multiplication and an addition with one rounding are done in hardware.
  public let fusesMultiplyAdd: Bool
  public let largestWorkGroup: Int
  public let localMemoryByteCount: Int
  /// Whether the device shares its memory with the host.
  public let sharesHostMemory: Bool
  /// Whether the driver keeps what it compiled on disk itself. PoCL does, for the sizes of work-groups
  /// that were run; asked for a binary, it compiles all kernels of a program once more, for any size.
  public var keepsCompiledKernels: Bool { platform.hasPrefix("Portable Computing Language") }

  public var description: String { "\(name) (\(kind.rawValue), \(platform))" }

  init(_ identifier: cl_device_id, platform: String) throws(OpenCLError) {
    self.identifier = identifier
    self.platform = platform
    let query = DeviceQuery(identifier: identifier)
    name = try query.text(CL_DEVICE_NAME)
    vendor = try query.text(CL_DEVICE_VENDOR)
    driverVersion = try query.text(CL_DRIVER_VERSION)
    let type = try query.value(CL_DEVICE_TYPE, as: cl_device_type.self)
    kind =
      type & cl_device_type(CL_DEVICE_TYPE_GPU) != 0
      ? .gpu : type & cl_device_type(CL_DEVICE_TYPE_CPU) != 0 ? .cpu : .accelerator
    computeUnitCount = Int(try query.value(CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self))
    memoryByteCount = Int(clamping: try query.value(CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self))
    largestAllocationByteCount = Int(
      clamping: try query.value(CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self))
    let alignmentBits = Int(try query.value(CL_DEVICE_MEM_BASE_ADDR_ALIGN, as: cl_uint.self))
    alignmentByteCount = max(64, alignmentBits / 8)
    floatVectorWidth = Int(try query.value(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, as: cl_uint.self))
    let floatingPoint = try query.value(
      CL_DEVICE_SINGLE_FP_CONFIG, as: cl_device_fp_config.self)
    fusesMultiplyAdd = floatingPoint & cl_device_fp_config(CL_FP_FMA) != 0
    largestWorkGroup = try query.value(CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
    localMemoryByteCount = Int(
      clamping: try query.value(CL_DEVICE_LOCAL_MEM_SIZE, as: cl_ulong.self))
    sharesHostMemory =
      try query.value(CL_DEVICE_HOST_UNIFIED_MEMORY, as: cl_bool.self) != cl_bool(CL_FALSE)
  }
}

/// Reads the properties of one device.
private struct DeviceQuery {
  let identifier: cl_device_id

  func text(_ property: Int32) throws(OpenCLError) -> String {
    try queryText("clGetDeviceInfo") {
      clGetDeviceInfo(identifier, cl_device_info(property), $0, $1, $2)
    }
  }

  func value<Value: BitwiseCopyable & FixedWidthInteger>(
    _ property: Int32, as type: Value.Type
  ) throws(OpenCLError) -> Value {
    try queryValue("clGetDeviceInfo", initial: 0 as Value) {
      clGetDeviceInfo(identifier, cl_device_info(property), $0, $1, nil)
    }
  }
}
