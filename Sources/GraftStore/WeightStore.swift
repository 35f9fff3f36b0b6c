public import Foundation
public import GraftModels
import GraftRuntime

/// The folder of weight files that were fetched, and the way to fetch more.
///
/// A file is in it under the name that its project gave it, complete or not at all; what is half
/// fetched ends in `.part` and is continued the next time.
public struct WeightStore: Sendable {
  /// Where the files are.
  public var folder: URL
  /// What takes the place of scheme, host and port of every address; `nil` for none.
  public var mirror: String?
  /// Whether nothing is ever fetched.
  public var isOffline: Bool

  /// How much of a file has come, of how much where that is known, in bytes.
  public typealias Progress = @Sendable (_ received: Int, _ total: Int?) -> Void

  /// A store in a folder, which need not exist yet.
  ///
  /// - Parameters:
  ///   - mirror: What takes the place of scheme, host and port of every address.
  ///   - isOffline: Whether nothing is ever fetched.
  public init(folder: URL, mirror: String? = nil, isOffline: Bool = false) {
    (self.folder, self.mirror, self.isOffline) = (folder, mirror, isOffline)
  }

  /// The store that the environment names: in `weights` below `$GRAFT_CACHE`,
  /// `$XDG_CACHE_HOME/graft` or `~/.cache/graft`, with `$GRAFT_WEIGHTS_MIRROR` as its mirror.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, isOffline: Bool = false
  ) {
    self.init(
      folder: CacheFolder.named("weights", environment: environment),
      mirror: environment["GRAFT_WEIGHTS_MIRROR"].flatMap { $0.isEmpty ? nil : $0 },
      isOffline: isOffline)
  }

  /// Where a file is, or would be.
  public func place(of weights: PublishedWeights) -> URL {
    folder.appending(path: weights.fileName)
  }

  /// Whether a file is there, sound or not.
  public func holds(_ weights: PublishedWeights) -> Bool {
    FileManager.default.fileExists(atPath: place(of: weights).path)
  }

  /// Checks a file that is there against the checksum that its project publishes.
  ///
  /// - Throws: ``WeightStoreError/damaged(path:expected:found:)``; `unreadable`.
  public func verify(_ weights: PublishedWeights) throws {
    try Self.verify(place(of: weights), weights.checksum)
  }

  /// The file, fetched where it is not there, with its checksum verified.
  ///
  /// - Throws: ``WeightStoreError``.
  public func fetch(_ weights: PublishedWeights, progress: Progress? = nil) async throws -> URL {
    let place = place(of: weights)
    if holds(weights) {
      do {
        try verify(weights)
        return place
      } catch WeightStoreError.damaged where !isOffline {
        // A file that is no longer what it was is as good as none.
      }
    }
    guard !isOffline else { throw unavailable(weights, ["working offline"]) }
    try makeFolder()
    var reasons: [String] = []
    for origin in weights.origins {
      do {
        try await fetch(weights, from: origin, to: place, progress)
        return place
      } catch let failure as FetchFailure {
        reasons.append("\(origin): \(failure.reason)")
      }
    }
    throw unavailable(weights, reasons)
  }

  /// Takes a file into the store that its checksum tells to be one of the catalogue.
  ///
  /// - Parameter catalogue: The files that it may be.
  /// - Returns: What it is.
  /// - Throws: ``WeightStoreError/unknownFile(path:)``; `unreadable`; `unwritable`.
  public func add(
    _ file: URL, of catalogue: [PublishedWeights] = PublishedWeights.all
  ) throws -> PublishedWeights {
    let digests = [PublishedWeights.Checksum.sha256(""), .md5("")].map { method in
      Result { try method.found(in: file) }
    }
    let (sha256, md5) = (try digests[0].get(), try digests[1].get())
    let found = catalogue.first {
      switch $0.checksum {
      case .sha256(let digits): sha256.hasPrefix(digits)
      case .md5(let digits): md5 == digits
      }
    }
    guard let found else { throw WeightStoreError.unknownFile(path: file.path) }
    try makeFolder()
    let place = place(of: found)
    guard place.standardizedFileURL != file.standardizedFileURL else { return found }
    let draft = folder.appending(path: ".\(found.fileName).\(UInt64.random(in: 0 ... .max)).tmp")
    defer { try? FileManager.default.removeItem(at: draft) }
    do {
      try FileManager.default.copyItem(at: file, to: draft)
    } catch {
      throw WeightStoreError.unwritable(path: draft.path, reason: error.localizedDescription)
    }
    try Self.move(draft, to: place)
    return found
  }

  private func unavailable(_ weights: PublishedWeights, _ reasons: [String]) -> WeightStoreError {
    .unavailable(weights, place: place(of: weights).path, reasons: reasons)
  }

  private func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw WeightStoreError.unwritable(path: folder.path, reason: error.localizedDescription)
    }
  }

  static func verify(_ file: URL, _ checksum: PublishedWeights.Checksum) throws {
    let found = try checksum.found(in: file)
    guard found.hasPrefix(checksum.digits) else {
      throw WeightStoreError.damaged(path: file.path, expected: checksum, found: found)
    }
  }

  /// Gives a complete file its name.
  static func move(_ file: URL, to place: URL) throws {
    guard rename(file.path, place.path) == 0 else {
      throw WeightStoreError.unwritable(
        path: place.path, reason: String(cString: strerror(errno)))
    }
  }
}
