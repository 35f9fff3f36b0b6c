import GraftOpenCL
import Testing

/// What drivers do besides running kernels.
@Suite(.enabled(if: !Devices.openCL.devices.isEmpty, Devices.openCL.absence))
struct OpenCLDriverTests {
  /// OpenCL C has no vector of five.
  @Test(arguments: Devices.openCL.devices)
  func aProgramThatDoesNotBuildShowsTheLog(_ device: DeviceUnderTest) throws {
    let device = try #require(device.device as? OpenCLDevice)
    let error = #expect(throws: OpenCLError.self) {
      try device.build("elementwise/scale.cl", macros: ["VECTOR_WIDTH": "5"])
    }
    guard case .build(let file, let options, _, let log) = error else {
      Issue.record("\(String(describing: error)) instead of a build error")
      return
    }
    #expect(file == "elementwise/scale.cl" && options.contains("-DVECTOR_WIDTH=5"))
    #expect(log.contains("float5"))
    #expect(error?.description.contains(log) == true)
  }

  /// PoCL 3.1 crashes where threads list its devices side by side.
  @Test func devicesCanBeListedFromManyThreads() async throws {
    let expected = try OpenCLDevice.all().map(\.description)
    try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<16 { group.addTask { try OpenCLDevice.all().map(\.description) } }
      for try await names in group { #expect(names == expected) }
    }
  }
}
