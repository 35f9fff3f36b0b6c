import ArgumentParser
import Foundation
import Graft

/// What every command takes.
struct SharedOptions: ParsableArguments {
  @Option(help: "Where to run: auto, cpu, opencl or opencl:N (see `graft devices`).")
  var device = DeviceChoice.automatic

  @Option(help: "Decides everything random; equal seeds give equal runs.")
  var seed: UInt64 = 0

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  /// Opens the device that was asked for.
  func openDevice() throws -> any Device { try device.open(notify: Notes.tell) }
}

extension DeviceChoice: ExpressibleByArgument {
  /// What `--device` says, or `nil` where there is no such choice.
  public init?(argument: String) {
    guard let choice = try? DeviceChoice(argument) else { return nil }
    self = choice
  }

  public var defaultValueDescription: String { description }
}

extension Int {
  /// Binary cross-entropy for so many outputs where that is one, softmax cross-entropy for more.
  var outputsLoss: any Loss { self == 1 ? BinaryCrossEntropy() : CrossEntropy() }
}
