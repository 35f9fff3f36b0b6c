import Foundation

/// The memory of this process, as the operating system counts it.
enum ProcessMemory {
  /// The most bytes that were ever resident; 0 where the system doesn't tell.
  static var peakResidentByteCount: Int {
    #if canImport(Darwin)
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return Int(usage.ru_maxrss)
    #else
      // `getrusage` would count what the parent process held before this program was loaded.
      let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return (kibibytes.flatMap { Int($0) } ?? 0) << 10
    #endif
  }
}
