import GraftRandom

/// All that decides what a built program is.
struct ProgramKey: Hashable, Sendable {
  /// Raised when the layout of cache files changes.
  static let formatVersion = 1

  let text: String
  let options: String
  let device: String
  let driver: String
  let platform: String

  init(text: String, options: String, device: OpenCLDeviceDescription) {
    self.text = text
    self.options = options
    self.device = "\(device.vendor) \(device.name)"
    driver = device.driverVersion
    platform = device.platform
  }

  /// The key in full, stored beside the program so that equal hashes cannot deceive.
  var bytes: [UInt8] {
    let parts = ["\(Self.formatVersion)", options, device, driver, platform, text]
    return Array(parts.joined(separator: "\u{0}").utf8)
  }

  /// The name of the program's cache file.
  var fileName: String { hexadecimal(stableHash(of: bytes)) + ".program" }
}

private func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
