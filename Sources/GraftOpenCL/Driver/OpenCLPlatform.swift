import COpenCL
import Synchronization

/// An installed OpenCL driver with its devices.
public struct OpenCLPlatform: Sendable, CustomStringConvertible {
  public let name: String
  public let vendor: String
  public let version: String
  /// In the driver's order.
  public let devices: [OpenCLDeviceDescription]

  public var description: String { "\(name) (\(version))" }

  /// PoCL 3.1 crashes where two threads are the first to list its devices at once.
  private static let listing = Mutex(())

  /// All drivers that can be loaded; empty where there is none.
  ///
  /// A driver that fails to list its devices counts as one without devices. May be called from any
  /// thread.
  public static func all() throws(OpenCLError) -> [OpenCLPlatform] {
    try listing.withLock { _ throws(OpenCLError) in try unguardedAll() }
  }

  private static func unguardedAll() throws(OpenCLError) -> [OpenCLPlatform] {
    var count: cl_uint = 0
    let status = clGetPlatformIDs(0, nil, &count)
    // The loader's way to say "none"; some loaders report success and zero.
    if status == platformNotFound || count == 0 { return [] }
    try check(status, "clGetPlatformIDs")
    var identifiers = [cl_platform_id?](repeating: nil, count: Int(count))
    try check(clGetPlatformIDs(count, &identifiers, nil), "clGetPlatformIDs")
    var platforms: [OpenCLPlatform] = []
    for case let identifier? in identifiers { platforms.append(try OpenCLPlatform(identifier)) }
    return platforms
  }

  private init(_ identifier: cl_platform_id) throws(OpenCLError) {
    func text(_ name: Int32) throws(OpenCLError) -> String {
      try queryText("clGetPlatformInfo") {
        clGetPlatformInfo(identifier, cl_platform_info(name), $0, $1, $2)
      }
    }
    name = try text(CL_PLATFORM_NAME)
    vendor = try text(CL_PLATFORM_VENDOR)
    version = try text(CL_PLATFORM_VERSION)
    let platform = "\(name) \(version)"
    devices = try Self.deviceIdentifiers(of: identifier).map { device throws(OpenCLError) in
      try OpenCLDeviceDescription(device, platform: platform)
    }
  }

  private static func deviceIdentifiers(of platform: cl_platform_id) -> [cl_device_id] {
    let allTypes = cl_device_type(0xFFFF_FFFF)
    var count: cl_uint = 0
    guard clGetDeviceIDs(platform, allTypes, 0, nil, &count) == CL_SUCCESS, count > 0 else {
      return []
    }
    var identifiers = [cl_device_id?](repeating: nil, count: Int(count))
    guard clGetDeviceIDs(platform, allTypes, count, &identifiers, nil) == CL_SUCCESS else {
      return []
    }
    return identifiers.compactMap(\.self)
  }
}

/// `CL_PLATFORM_NOT_FOUND_KHR` of the installable client driver extension.
private let platformNotFound: Int32 = -1001
