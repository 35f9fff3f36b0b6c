import Foundation
import GraftGraph
import GraftRuntime
import Synchronization
import Testing

@Suite struct TunerTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "graft-tuning-\(UUID().uuidString)")
  private let problem = Problem(
    operation: Scale(by: 2), operands: [TensorType([64])], results: [TensorType([64])])

  private func file(device: String = "a device", kernels: String = "1") -> TuningFile {
    TuningFile(in: folder, device: device, kernels: kernels)
  }

  private func tuner(_ device: TimedDevice, seconds: Double = 60) -> Tuner<TimedDevice> {
    Tuner(
      device: device, file: file(), seconds: seconds,
      stopwatch: Stopwatch { Double(device.elapsedMilliseconds.load(ordering: .relaxed)) / 1000 })
  }

  /// The name of what a new tuner without time to measure takes.
  private func kept(on device: TimedDevice) throws -> String {
    let candidates = try device.candidates(for: problem)
    return tuner(device, seconds: 0).choose(problem, candidates).name
  }

  @Test func takesTheFastestContender() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let device = TimedDevice(
      milliseconds: ["guess": 8, "better": 2, "reference": 0], reference: "reference")
    #expect(try kept(on: device) == "guess")
    let new = try tuner(device).settle([problem, problem])
    #expect(new.count == 1)
    #expect(new.first?.value.milliseconds.keys.sorted() == ["better", "guess"])
    #expect(try kept(on: device) == "better")
  }

  @Test func measuresNothingTwice() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let device = TimedDevice(milliseconds: ["guess": 8, "better": 2])
    _ = try tuner(device).settle([problem])
    let runCount = device.runCount.load(ordering: .relaxed)
    #expect(try tuner(device).settle([problem], takesItsTime: true).isEmpty)
    #expect(device.runCount.load(ordering: .relaxed) == runCount)
  }

  @Test func keepsTheGuessThatThereWasNoTimeToCheck() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let device = TimedDevice(milliseconds: ["guess": 8, "better": 2])
    _ = try tuner(device, seconds: 0).settle([problem])
    #expect(device.runCount.load(ordering: .relaxed) == 0)
    // A later run has time, but would no longer repeat the first.
    #expect(try tuner(device).settle([problem]).isEmpty)
    #expect(try kept(on: device) == "guess")
    _ = try tuner(device).settle([problem], takesItsTime: true)
    #expect(try kept(on: device) == "better")
  }

  @Test func losesACandidateThatFails() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let device = TimedDevice(milliseconds: ["guess": -1, "slower": 4, "slowest": 9])
    _ = try tuner(device).settle([problem])
    #expect(try kept(on: device) == "slower")
  }

  @Test func ignoresFilesOfOthersAndDamage() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let choice = TuningFile.Choice(candidate: "tile", milliseconds: ["tile": 1, "block": 2])
    file().keep(["a problem": choice])
    #expect(file().choice(for: "a problem") == choice)
    #expect(file(kernels: "2").choice(for: "a problem") == nil)
    #expect(file(device: "another").choice(for: "a problem") == nil)
    for damaged in ["", "{", #"{"device": "a device", "kernels": "1"}"#] {
      try Data(damaged.utf8).write(to: file().url)
      #expect(file().choice(for: "a problem") == nil)
    }
    file().keep(["a problem": choice])
    #expect(file().choice(for: "a problem") == choice)
  }

  @Test func keepsWhatAnotherProcessFound() {
    defer { try? FileManager.default.removeItem(at: folder) }
    let choice = TuningFile.Choice(candidate: "tile", milliseconds: [:])
    let (one, other) = (file(), file())
    one.keep(["first": choice])
    other.keep(["second": choice])
    #expect(file().choice(for: "first") == choice)
    #expect(file().choice(for: "second") == choice)
  }
}

/// A device with a clock of its own, which each of its algorithms moves on by a given time; one of a
/// negative time fails.
private final class TimedDevice: Device {
  final class Memory: Sendable {}

  let name = "timed"
  let identity = "timed"
  let traits = DeviceTraits(
    kind: .cpu, memoryByteCount: 1 << 30, largestAllocationByteCount: 1 << 30)
  let allocatedByteCount = 0
  let turns = DeviceQueue()
  let runCount = Atomic(0)
  let elapsedMilliseconds = Atomic(0)
  private let milliseconds: [(name: String, time: Int)]
  private let reference: String?

  /// - Parameter reference: Which one is no contender.
  init(milliseconds: KeyValuePairs<String, Int>, reference: String? = nil) {
    self.milliseconds = milliseconds.map { ($0.key, $0.value) }
    self.reference = reference
  }

  func makeBuffer(byteCount: Int) -> Memory { Memory() }
  func write(_ bytes: UnsafeRawBufferPointer, to slice: BufferSlice<Memory>) {}
  func read(_ slice: BufferSlice<Memory>, into bytes: UnsafeMutableRawBufferPointer) {}
  func synchronize() {}

  func candidates(for problem: Problem) throws -> [any Lowering<Memory>] {
    milliseconds.map {
      TimedLowering(
        name: $0.name, isContender: $0.name != reference, milliseconds: $0.time, device: self)
    }
  }
}

private struct TimedLowering: Lowering {
  typealias Buffer = TimedDevice.Memory
  struct Failure: Error {}

  let name: String
  let isContender: Bool
  let milliseconds: Int
  let device: TimedDevice

  func bind(_ binding: Binding<Buffer>) throws -> any Step {
    guard milliseconds >= 0 else { throw Failure() }
    return TimedStep(lowering: self)
  }
}

private struct TimedStep: Step {
  let lowering: TimedLowering

  func enqueue() {
    lowering.device.runCount.add(1, ordering: .relaxed)
    lowering.device.elapsedMilliseconds.add(lowering.milliseconds, ordering: .relaxed)
  }
}
