import GraftGraph
import GraftRuntime
import Testing

/// What every device must do. One suite a kind of device, since they can work side by side.
@Suite(.serialized, .enabled(if: !Devices.cpu.isEmpty, "GRAFT_TEST_DEVICES leaves out the CPU"))
struct CPUConformance {
  @Test(arguments: Devices.cpu, DeclaredOperations.names)
  func supports(_ device: DeviceUnderTest, _ operation: String) throws {
    try device.expectSupport(of: operation)
  }

  @Test(arguments: Devices.cpu, CaseTable.all)
  func agreesWithDefinition(_ device: DeviceUnderTest, _ test: OperationCase) throws {
    try device.expectAgreement(on: test)
  }

  @Test(arguments: Devices.cpu, CaseTable.differentiated)
  func differentiates(_ device: DeviceUnderTest, _ test: OperationCase) throws {
    try device.expectGradients(of: test)
  }

  @Test(arguments: Devices.cpu, OperationFixture.all)
  func agreesWithPyTorch(_ device: DeviceUnderTest, _ fixture: OperationFixture) throws {
    try device.expectAgreement(on: fixture)
  }

  @Test(arguments: Devices.cpu, OptimizerFixture.all)
  func trainsLikePyTorch(_ device: DeviceUnderTest, _ fixture: OptimizerFixture) throws {
    try device.expectAgreement(on: fixture)
  }

  /// The same bits on any number of threads, more than there are cores included.
  @Test(arguments: Devices.cpu, CaseTable.all)
  func resultsDoNotDependOnThreads(_ device: DeviceUnderTest, _ test: OperationCase) throws {
    let expected = try device.results(for: test).mapValues { $0.map(\.bytes) }
    for other in Devices.otherThreadCounts {
      let actual = try other.results(for: test).mapValues { $0.map(\.bytes) }
      let differing = expected.keys.filter { expected[$0] != actual[$0] }
      #expect(differing.isEmpty, "\(other.label) and \(device.label) differ on \(test)")
    }
  }
}

@Suite(.serialized, .enabled(if: !Devices.openCL.devices.isEmpty, Devices.openCL.absence))
struct OpenCLConformance {
  @Test(arguments: Devices.openCL.devices, DeclaredOperations.names)
  func supports(_ device: DeviceUnderTest, _ operation: String) throws {
    try device.expectSupport(of: operation)
  }

  @Test(arguments: Devices.openCL.devices, CaseTable.all)
  func agreesWithDefinition(_ device: DeviceUnderTest, _ test: OperationCase) throws {
    try device.expectAgreement(on: test)
  }

  @Test(arguments: Devices.openCL.devices, CaseTable.differentiated)
  func differentiates(_ device: DeviceUnderTest, _ test: OperationCase) throws {
    try device.expectGradients(of: test)
  }

  @Test(arguments: Devices.openCL.devices, OperationFixture.all)
  func agreesWithPyTorch(_ device: DeviceUnderTest, _ fixture: OperationFixture) throws {
    try device.expectAgreement(on: fixture)
  }

  @Test(arguments: Devices.openCL.devices, OptimizerFixture.all)
  func trainsLikePyTorch(_ device: DeviceUnderTest, _ fixture: OptimizerFixture) throws {
    try device.expectAgreement(on: fixture)
  }
}

/// The kernels for the other kind of device: those for GPUs, on whatever CPU device there is.
@Suite(
  .serialized,
  .enabled(if: !Devices.openCLAsOtherKind.devices.isEmpty, Devices.openCLAsOtherKind.absence))
struct OtherKindConformance {
  @Test(arguments: Devices.openCLAsOtherKind.devices, CaseTable.all)
  func agreesWithDefinition(_ device: DeviceUnderTest, _ test: OperationCase) throws {
    try device.expectAgreement(on: test)
  }

  @Test(arguments: Devices.openCLAsOtherKind.devices, OperationFixture.all)
  func agreesWithPyTorch(_ device: DeviceUnderTest, _ fixture: OperationFixture) throws {
    try device.expectAgreement(on: fixture)
  }
}

extension DeviceUnderTest {
  /// Expects a way to run the operation of the given name.
  func expectSupport(of operation: String) throws {
    let test = try #require(CaseTable.firstByOperation[operation])
    let types = test.operands.map(\.type)
    let problem = Problem(
      operation: test.operation, operands: types,
      results: try test.operation.resultTypes(for: types))
    #expect(try !device.candidates(for: problem).isEmpty)
  }

  /// Expects that nothing is wrong with any candidate for `test`.
  func expectAgreement(on test: OperationCase) throws {
    for finding in try findings(for: test) { record(finding, test) }
  }

  /// Expects the gradients that the operation's rule gives in double precision.
  func expectGradients(of test: OperationCase) throws {
    for finding in try gradientFindings(for: test) { record(finding, test) }
  }

  /// Expects PyTorch's results and gradients.
  func expectAgreement(on fixture: OperationFixture) throws {
    for finding in try FixtureCheck(fixture).findings(on: self) { Issue.record("\(finding)") }
  }

  /// Expects PyTorch's parameters after each step.
  func expectAgreement(on fixture: OptimizerFixture) throws {
    for finding in try findings(for: fixture) { Issue.record("\(label), \(finding)") }
  }

  private func record(_ finding: String, _ test: OperationCase) {
    Issue.record("\(label), \(finding); \(test.testDescription)")
  }
}
