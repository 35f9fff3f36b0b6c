import GraftGraph
import GraftOpenCL
import GraftRuntime
import Synchronization
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

  @Test func aFileThatDoesNotBuildIsToldOnce() throws {
    let told = Mutex<[String]>([])
    let description = try #require(try OpenCLDevice.all().first)
    let device = try OpenCLDevice(description, programFolder: nil) { note in
      told.withLock { $0.append(note) }
    }
    for width in ["5", "5", "7"] {
      #expect(throws: OpenCLError.self) {
        try device.build("elementwise/scale.cl", macros: ["VECTOR_WIDTH": width])
      }
    }
    let notes = told.withLock { $0 }
    #expect(notes.count == 1)
    let note = try #require(notes.first)
    #expect(note.contains("elementwise/scale.cl") && note.contains(description.name))
    #expect(note.split(separator: ": ").last.map { !$0.isEmpty } == true)
    #expect(!note.contains("\n"))
  }

  /// Without its workspace an algorithm would write elsewhere, or nothing.
  @Test(arguments: Devices.openCL.devices)
  func noWorkspaceIsAnError(_ device: DeviceUnderTest) throws {
    let device = try #require(device.device as? OpenCLDevice)
    let memory = try device.makeBuffer(byteCount: 4096)
    let slice = BufferSlice(memory, byteOffset: 0, byteCount: 4096)
    var names: Set<String> = []
    for test in CaseTable.all {
      let types = test.operands.map(\.type)
      let problem = Problem(
        operation: test.operation, operands: types,
        results: try test.operation.resultTypes(for: types))
      for lowering in try device.candidates(for: problem) where lowering.workspaceByteCount > 0 {
        guard names.insert("\(problem.operation.name) \(lowering.name)").inserted else { continue }
        #expect(throws: MissingWorkspace.self, "\(problem.operation.name): \(lowering.name)") {
          _ = try lowering.bind(
            Binding(
              operands: problem.operands.map { _ in slice },
              results: problem.results.map { _ in slice }, workspace: nil))
        }
      }
    }
    #expect(names.count > 8)
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
