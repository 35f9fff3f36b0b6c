import GraftCPU
import GraftOpenCL
public import GraftRuntime

/// Which device to run on; the text forms are `auto`, `cpu`, `opencl` and `opencl:N`.
public enum DeviceChoice: Hashable, Sendable, CustomStringConvertible {
  /// A GPU through OpenCL if there is one, else the CPU.
  case automatic
  /// The CPU through OpenBLAS and vector kernels.
  case cpu
  /// The OpenCL device of this number, GPUs counted first; CPUs only where asked for.
  case openCL(Int = 0)

  /// - Throws: ``DeviceChoiceError/unknown(_:)``.
  public init(_ text: String) throws(DeviceChoiceError) {
    switch text.lowercased() {
    case "auto", "automatic": self = .automatic
    case "cpu": self = .cpu
    case "opencl": self = .openCL()
    case let name where name.hasPrefix("opencl:"):
      guard let index = Int(name.dropFirst("opencl:".count)), index >= 0 else {
        throw .unknown(text)
      }
      self = .openCL(index)
    default: throw .unknown(text)
    }
  }

  public var description: String {
    switch self {
    case .automatic: "auto"
    case .cpu: "cpu"
    case .openCL(let index): "opencl:\(index)"
    }
  }

  /// Opens the device.
  ///
  /// - Parameter notify: Told in a line of what a user should know though the work goes on, such as a
  ///   kernel that a driver cannot build.
  /// - Throws: ``DeviceChoiceError`` where there is no such device; `OpenCLError` where its driver
  ///   fails or no platform is installed.
  public func open(
    notify: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> any Device {
    switch self {
    case .cpu: return CPUDevice()
    case .automatic:
      let devices = (try? OpenCLDevice.all()) ?? []
      guard let gpu = devices.first(where: { $0.kind == .gpu }) else { return CPUDevice() }
      return try OpenCLDevice(gpu, notify: notify)
    case .openCL(let index):
      let devices = try OpenCLDevice.all()
      guard devices.indices.contains(index) else {
        throw DeviceChoiceError.missing(index: index, names: devices.map(\.description))
      }
      return try OpenCLDevice(devices[index], notify: notify)
    }
  }
}

/// A device that can't be chosen.
public enum DeviceChoiceError: Error, CustomStringConvertible {
  case unknown(String)
  case missing(index: Int, names: [String])

  public var description: String {
    switch self {
    case .unknown(let text):
      "there is no device '\(text)'; choose auto, cpu, opencl or opencl:N"
    case .missing(let index, let names):
      "there is no OpenCL device \(index); there are \(names.count): "
        + names.enumerated().map { "opencl:\($0) \($1)" }.joined(separator: ", ")
    }
  }
}
