import Graft
import Testing

/// A device that tests run on: the CPU and every OpenCL device there is.
struct TestDevice: Sendable, CustomTestStringConvertible {
  let choice: DeviceChoice

  static let all: [TestDevice] =
    [TestDevice(choice: .cpu)]
    + ((try? OpenCLDevice.all()) ?? []).indices.map { TestDevice(choice: .openCL($0)) }

  var testDescription: String { choice.description }

  func open() throws -> any Device { try choice.open() }
}
