/// What can go wrong between Graft and an OpenCL driver.
public enum OpenCLError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The loader knows no driver, or none of those it knows can be loaded.
  case noPlatform
  /// Drivers are there, but no device fits what was asked for.
  case noDevice(requested: String, available: [String])
  /// A call failed: its name and the status it gave.
  case call(name: String, status: Int32)
  /// A program does not compile on a device: the compiler's words.
  case build(file: String, options: String, device: String, log: String)
  /// A kernel file or one that it includes is not part of the binary.
  case missingKernelFile(name: String, includedFrom: String?)
  /// A buffer is larger than the device can hold in one piece or at all.
  case allocation(byteCount: Int, device: String, largestAllocation: Int, memory: Int)
  /// A count or an offset does not fit the 32-bit integers that kernels count with.
  case tooManyElements(count: Int, kernel: String)

  /// A failed build in one line, with the first line of what the driver says.
  var noteOfFailedBuild: String? {
    guard case .build(let file, _, let device, let log) = self else { return nil }
    let line = log.split(whereSeparator: \.isNewline)
      .lazy.map { $0.trimmingPrefix(while: \.isWhitespace) }.first { !$0.isEmpty }
    return "the kernels of \(file) do not build on \(device), so no algorithm there uses them: "
      + (line.map(String.init) ?? "(the driver gives no build log)")
  }

  public var description: String {
    switch self {
    case .noPlatform:
      """
      no OpenCL platform found: install a driver such as pocl-opencl-icd (CPUs), \
      mesa-opencl-icd or rocm-opencl-icd (AMD), intel-opencl-icd (Intel) or the one that comes \
      with NVIDIA's, or choose the device "cpu"
      """
    case .noDevice(let requested, let available):
      "no OpenCL device \(requested): there \(available.count == 1 ? "is" : "are") "
        + (available.isEmpty ? "none" : available.joined(separator: "; "))
    case .call(let name, let status):
      "\(name) failed: \(statusName(status)) (\(status))"
    case .build(let file, let options, let device, let log):
      "\(file) does not build on \(device) with options \"\(options)\":\n\(log)"
    case .missingKernelFile(let name, let origin):
      "no kernel file \"\(name)\"" + (origin.map { ", which \"\($0)\" includes" } ?? "")
    case .allocation(let byteCount, let device, let largest, let memory):
      """
      \(device) cannot hold a buffer of \(byteCount) bytes (largest allocation \(largest), memory \
      \(memory) bytes): use a smaller batch or smaller images
      """
    case .tooManyElements(let count, let kernel):
      "\(kernel) counts with 32-bit integers and cannot take \(count): use a smaller batch"
    }
  }
}
