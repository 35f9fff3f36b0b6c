import Foundation
import GraftReport
import Testing

@Suite("Writing a report")
struct WritingTests {
  private let report = Report(title: "Flowers", sections: [.text(title: "", "Done.")])

  /// Runs a body with an empty folder.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("graft-report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test func replacesTheFileAndLeavesNothingBeside() throws {
    try withFolder { folder in
      let url = folder.appendingPathComponent("report.html")
      try Data(repeating: 0, count: 1_000_000).write(to: url)
      try report.write(to: url)
      #expect(try String(contentsOf: url, encoding: .utf8) == report.html())
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
    }
  }

  @Test func errorsNameTheFileAndTheRemedy() throws {
    try withFolder { folder in
      let missing = folder.appendingPathComponent("none/report.html")
      let error = #expect(throws: ReportFileError.self) { try report.write(to: missing) }
      #expect(error?.file == missing.path)
      #expect(error?.description.contains("create it first") == true)

      let aFolder = #expect(throws: ReportFileError.self) { try report.write(to: folder) }
      #expect(aFolder?.description.contains("is a folder") == true)

      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      let within = #expect(throws: ReportFileError.self) {
        try report.write(to: file.appendingPathComponent("report.html"))
      }
      #expect(within?.description.contains("is not a folder") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }
  }

  /// A rename would put a file into the place of a device, too.
  @Test func onlyFilesAreReplaced() throws {
    try withFolder { folder in
      let pipe = folder.appendingPathComponent("pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      for write in [report.write(to:), Report.checkPlace] {
        let error = #expect(throws: ReportFileError.self) { try write(pipe) }
        #expect(error?.description.contains("is a device or a pipe") == true)
      }
      let type = try FileManager.default.attributesOfItem(atPath: pipe.path)[.type]
      #expect(type as? FileAttributeType != .typeRegular)
    }
  }
}
