import CMachineSpeed
import Dispatch
import Foundation

/// What the cores of this machine can do at most, measured now.
struct MachineSpeed: Encodable {
  /// Multiplications and additions a second on all cores, in registers alone.
  let operationsPerSecond: Double
  /// Bytes a second that all cores read from memory.
  let bytesPerSecond: Double
  let coreCount: Int

  static func measured() -> MachineSpeed {
    let coreCount = ProcessInfo.processInfo.activeProcessorCount
    return MachineSpeed(
      operationsPerSecond: operationsPerSecond(coreCount),
      bytesPerSecond: bytesPerSecond(coreCount), coreCount: coreCount)
  }

  /// The best of some short runs: what others do on the machine only ever slows one down.
  private static func operationsPerSecond(_ coreCount: Int) -> Double {
    let rounds = 8_000_000
    return best(of: 8) {
      onThreads(coreCount) { _ in
        _ = machine_speed_multiply_add(rounds)
      }
      return machine_speed_multiply_add(1) * Double(rounds * coreCount)
    }
  }

  private static func bytesPerSecond(_ coreCount: Int) -> Double {
    let count = 16 << 20
    let values = UnsafeMutablePointer<Float>.allocate(capacity: count * coreCount)
    defer { values.deallocate() }
    values.initialize(repeating: 1, count: count * coreCount)
    let address = UInt(bitPattern: values)
    return best(of: 5) {
      onThreads(coreCount) { core in
        let part = UnsafePointer<Float>(bitPattern: address).map { $0 + core * count }
        if let part { _ = machine_speed_sum(part, count) }
      }
      return Double(count * coreCount * MemoryLayout<Float>.stride)
    }
  }

  /// Runs work on as many threads at once: a queue takes fewer where it thinks that cores are busy.
  private static func onThreads(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    let others = DispatchGroup()
    for index in 1..<max(1, count) {
      others.enter()
      Thread {
        work(index)
        others.leave()
      }.start()
    }
    work(0)
    others.wait()
  }

  private static func best(of runs: Int, _ work: () -> Double) -> Double {
    (0..<runs).map { _ in
      var amount = 0.0
      let duration = seconds { amount = work() }
      return amount / duration
    }.max() ?? 0
  }
}
