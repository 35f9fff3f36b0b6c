import Foundation

extension Report {
  /// Writes the page so that the file appears complete or not at all.
  ///
  /// - Parameter url: A file in a folder that exists; a file that stands there is replaced, nothing else is.
  /// - Throws: `ReportFileError`.
  public func write(to url: URL) throws {
    do {
      try Self.requireFile(at: url)
      // To a temporary file in the same folder, which is then renamed.
      try Data(html().utf8).write(to: url.resolvingSymlinksInPath(), options: .atomic)
    } catch {
      throw ReportFileError(file: url.path, explanation: Self.explanation(of: error, at: url))
    }
  }

  /// Makes sure that a page can be written, as before a long training.
  ///
  /// - Throws: `ReportFileError`.
  public static func checkPlace(_ url: URL) throws(ReportFileError) {
    let probe = url.deletingLastPathComponent().appending(path: ".graft.\(UUID())")
    do {
      try requireFile(at: url)
      try Data().write(to: probe)
      try FileManager.default.removeItem(at: probe)
    } catch {
      throw ReportFileError(file: url.path, explanation: explanation(of: error, at: url))
    }
  }

  /// Makes sure that what stands at a place, if anything, is a file: a device would be replaced by one.
  private static func requireFile(at url: URL) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    let path = url.resolvingSymlinksInPath().path
    let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard type == .typeRegular else { throw CocoaError(.fileWriteFileExists) }
  }

  private static func explanation(of error: any Error, at url: URL) -> String {
    let folder = url.deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue
    {
      return "is a folder; name a file, such as \(url.path)/report.html"
    }
    if (error as? CocoaError)?.code == .fileWriteFileExists {
      return "is a device or a pipe, which are not replaced; name a file to write"
    }
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      return "cannot be written: there is no folder \(folder); create it first"
    }
    guard isFolder.boolValue else {
      return "cannot be written: \(folder) is not a folder; choose another place"
    }
    return "cannot be written: \(error.localizedDescription)"
  }
}

/// Why a report could not be written.
public struct ReportFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the file.
  public var file: String
  /// What happened and how to mend it.
  public var explanation: String

  /// Says what happened to a file and how to mend it.
  public init(file: String, explanation: String) {
    self.file = file
    self.explanation = explanation
  }

  public var description: String { "\(file): \(explanation)" }
}
