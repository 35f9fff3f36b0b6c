import Foundation

extension ZipArchive {
  /// Writes one file of an archive as a file of its own, which appears complete or not at all.
  ///
  /// - Throws: `WeightFileError` where the archive is damaged or has no such entry.
  package static func extract(_ name: String, from archive: URL, to file: URL) throws {
    let bytes = ByteView(try ByteStorage(mapping: archive))
    guard let entry = try ZipArchive(bytes)[name] else {
      throw bytes.malformed("the archive has no \(name)")
    }
    let content = try entry.content()
    let draft = try AtomicFile(replacing: file)
    try content.withUnsafeBytes { try draft.write($0) }
    try draft.finish()
  }
}
