import Foundation

/// The host's caches.
package enum HostCache {
  /// Half of the last cache, in bytes: what an operation leaves there is still there when the next one
  /// reads it.
  package static let slicedByteCount: Int = {
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    let sizes = (0..<8).compactMap { index in
      (try? String(contentsOfFile: "\(folder)/index\(index)/size", encoding: .utf8))
        .flatMap { Int($0.prefix { $0.isNumber }) }
    }
    return (sizes.max() ?? 32 << 10) << 10 / 2
  }()
}
