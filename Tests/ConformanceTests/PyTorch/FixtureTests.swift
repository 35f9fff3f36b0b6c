import Testing

/// The definitions that the devices are measured by must themselves agree with PyTorch.
@Suite struct DefinitionsAgreeWithPyTorch {
  @Test func everyCaseOfTheFileIsUsed() throws {
    let used = OperationFixture.all.map(\.name) + OptimizerFixture.all.map(\.name)
    #expect(try FixtureFile.operations.get().caseNames == Set(used))
  }

  @Test(arguments: OperationFixture.all)
  func definition(_ fixture: OperationFixture) throws {
    for finding in try FixtureCheck(fixture).findingsOnDefinition() { Issue.record("\(finding)") }
  }

  @Test(arguments: OptimizerFixture.all)
  func definition(_ fixture: OptimizerFixture) throws {
    let findings = try fixture.findings(
      with: ReferenceEvaluator(), load: { ReferenceTensor($0) }, store: \.rounded)
    for finding in findings { Issue.record("\(finding)") }
  }
}
