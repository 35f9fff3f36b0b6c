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
  /// Decodes every picture, in parallel, and lists those that cannot be prepared, in the folder's order.
  ///
  /// - Parameters:
  ///   - preprocessing: How they will be prepared; by default nothing but their decoding is asked.
  ///   - threadCount: nil for one for each processor, at most eight.
  public func unreadableImages(
    preparedBy preprocessing: Preprocessing = .decoding, threadCount: Int? = nil
  ) -> [ImageError] {
    failures(preprocessing, threadCount: threadCount).map(\.error)
  }

  /// The folder without the pictures that cannot be prepared.
  ///
  /// - Parameter preprocessing: How they will be prepared; by default nothing but their decoding is
  ///   asked.
  /// - Returns: the folder and, for `.skip`, why each of the others was left out.
  /// - Throws: `ImageFolderError.unreadableImages` for `.fail`; `.emptyClasses` where nothing is left
  ///   of a class.
  public func checked(
    onBadImage policy: BadImagePolicy = .fail, preparedBy preprocessing: Preprocessing = .decoding,
    threadCount: Int? = nil
  ) throws -> (folder: ImageFolder, skipped: [ImageError]) {
    let failures = failures(preprocessing, threadCount: threadCount)
    if failures.isEmpty { return (self, []) }
    let errors = failures.map(\.error)
    if policy == .fail { throw ImageFolderError.unreadableImages(errors) }
    let bad = Set(failures.map(\.index))
    let rest = subset(entries.indices.filter { !bad.contains($0) })
    let lost = zip(classes, zip(counts, rest.counts)).filter { $0.1.0 > 0 && $0.1.1 == 0 }
    if !lost.isEmpty { throw ImageFolderError.emptyClasses(path.display, lost.map(\.0)) }
    return (rest, errors)
  }

  private func failures(
    _ preprocessing: Preprocessing, threadCount: Int?
  ) -> [(index: Int, error: ImageError)] {
    let usual = min(ProcessInfo.processInfo.activeProcessorCount, 8)
    let workers = max(1, min(threadCount ?? usual, count))
    let next = Atomic(0)
    let gate = LargePictureGate()
    let found = Mutex<[(index: Int, error: ImageError)]>([])
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      let preparer = ImagePreparer(
        valid: preprocessing, augmentation: nil, random: SeededGenerator(seed: 0),
        pixelLimit: nil, gate: gate)
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        if let error = preparer.error(ofFileAt: path(at: index)) {
          found.withLock { $0.append((index, error)) }
        }
      }
    }
    return found.withLock { $0.sorted { $0.index < $1.index } }
  }
}

extension ImagePreparer {
  /// What keeps a picture file from being prepared.
  fileprivate func error(ofFileAt path: FilePath) -> ImageError? {
    do {
      try check(fileAt: path)
      return nil
    } catch let error as ImageError {
      return error
    } catch {
      return ImageError(path: path.display, reason: .unreadable("\(error)"))
    }
  }
}

extension Preprocessing {
  /// Takes whatever can be decoded.
  public static let decoding = Preprocessing(size: ImageSize(1), resizeRule: .stretch)
}
