import Foundation
import Synchronization

/// What to do with pictures that cannot be decoded.
public enum BadImagePolicy: String, CaseIterable, Codable, Sendable {
  /// List all of them and stop.
  case fail
  /// Leave them out, counted and listed.
  case skip
}

extension ImageFolder {
  /// Decodes every picture, in parallel, and lists those that fail, in the folder's order.
  ///
  /// - Parameter threadCount: nil for one for each processor, at most eight.
  public func unreadableImages(threadCount: Int? = nil) -> [ImageError] {
    failures(threadCount: threadCount).map(\.error)
  }

  /// The folder without the pictures that cannot be decoded.
  ///
  /// - Returns: the folder and, for `.skip`, why each of the others was left out.
  /// - Throws: `ImageFolderError.unreadableImages` for `.fail`; `.emptyClasses` where nothing is left
  ///   of a class.
  public func checked(
    onBadImage policy: BadImagePolicy = .fail, threadCount: Int? = nil
  ) throws -> (folder: ImageFolder, skipped: [ImageError]) {
    let failures = failures(threadCount: threadCount)
    if failures.isEmpty { return (self, []) }
    let errors = failures.map(\.error)
    if policy == .fail { throw ImageFolderError.unreadableImages(errors) }
    let bad = Set(failures.map(\.index))
    let rest = subset(samples.indices.filter { !bad.contains($0) })
    let lost = zip(classes, zip(counts, rest.counts)).filter { $0.1.0 > 0 && $0.1.1 == 0 }
    if !lost.isEmpty { throw ImageFolderError.emptyClasses(path, lost.map(\.0)) }
    return (rest, errors)
  }

  private func failures(threadCount: Int?) -> [(index: Int, error: ImageError)] {
    let usual = min(ProcessInfo.processInfo.activeProcessorCount, 8)
    let workers = max(1, min(threadCount ?? usual, count))
    let next = Atomic(0)
    let found = Mutex<[(index: Int, error: ImageError)]>([])
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      let checker = ImageChecker()
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        if let error = checker.error(ofFileAt: path(at: index)) {
          found.withLock { $0.append((index, error)) }
        }
      }
    }
    return found.withLock { $0.sorted { $0.index < $1.index } }
  }
}

/// Decodes files to see whether that works: JPEGs to an eighth of their size, which reads all of the
/// file but makes few pixels.
private final class ImageChecker {
  private let file = FileBytes()
  private let decoder = ImageDecoder()

  func error(ofFileAt path: String) -> ImageError? {
    do {
      try file.withContents(of: path) { _ = try decoder.decode($0) { _ in ImageSize(1) } }
      return nil
    } catch var error as ImageError {
      error.path = path
      return error
    } catch {
      return ImageError(path: path, reason: .unreadable("\(error)"))
    }
  }
}
