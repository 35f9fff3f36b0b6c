import Graft
import Testing

/// A device that tests run on: the CPU and every OpenCL device there is.
struct TestDevice: Sendable, CustomTestStringConvertible {
  let choice: DeviceChoice

  static let all: [TestDevice] = [TestDevice(choice: .cpu)] + openCL

  static let openCL: [TestDevice] = {
    let count = (try? descriptions.get().count) ?? 0
    return (0..<count).map { TestDevice(choice: .openCL($0)) }
  }()

  /// Why there is no OpenCL device, where there is none.
  static let absence: Comment? = {
    if case .failure(let error) = descriptions { return "no OpenCL device: \(error)" }
    return openCL.isEmpty ? "no OpenCL device: the drivers have none" : nil
  }()

  private static let descriptions = Result { try OpenCLDevice.all() }

  var testDescription: String { choice.description }

  func open() throws -> any Device { try choice.open() }
}
