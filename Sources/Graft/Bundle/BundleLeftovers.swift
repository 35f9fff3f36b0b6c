import Foundation

/// What saves that were killed left beside the place of a bundle: drafts, whole or not, and bundles that
/// were to be replaced.
package struct BundleLeftovers {
  /// What follows the name of a draft in that of the bundle that it was replacing.
  static let replacedSuffix = ".old"

  private let place: URL

  /// What is left of saves to a place.
  package init(of place: URL) { self.place = place.standardizedFileURL }

  /// A name for a new draft of a bundle, in the same folder as it.
  static func newName(for place: URL) -> String {
    ".\(place.lastPathComponent).\(UUID().uuidString.prefix(digitCount))"
  }

  /// Puts a whole bundle into the empty place, if a save was killed before it could: the new one where it
  /// was complete, else the one that it was to replace.
  package func recover() {
    guard !FileManager.default.fileExists(atPath: place.path) else { return }
    let whole = abandoned().filter(\.isWhole).sorted { $0.date > $1.date }
    if let best = whole.first(where: { !$0.isReplaced }) ?? whole.first {
      rename(best.url.path, place.path)
    }
  }

  /// Removes everything that no process is writing.
  package func remove() {
    for leftover in abandoned() { try? FileManager.default.removeItem(at: leftover.url) }
  }

  private static let digitCount = 8

  private struct Leftover {
    let url: URL
    let isReplaced: Bool
    let isWhole: Bool
    let date: Date
  }

  private func abandoned() -> [Leftover] {
    let parent = place.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    return names.compactMap { name in
      guard let isReplaced = Self.isReplaced(name, place.lastPathComponent) else { return nil }
      return leftover(parent.appending(path: name), isReplaced)
    }
  }

  /// Whether the name is that of a bundle that was being replaced or of a draft; `nil` for other names.
  private static func isReplaced(_ name: String, _ bundle: String) -> Bool? {
    let start = ".\(bundle)."
    guard name.hasPrefix(start) else { return nil }
    var digits = name.dropFirst(start.count)
    let isReplaced = digits.hasSuffix(replacedSuffix)
    if isReplaced { digits.removeLast(replacedSuffix.count) }
    let isHexadecimal = digits.allSatisfy { "0123456789ABCDEF".contains($0) }
    return digits.count == digitCount && isHexadecimal ? isReplaced : nil
  }

  /// `nil` for what is no folder, holds other things than a bundle or is being written.
  private func leftover(_ url: URL, _ isReplaced: Bool) -> Leftover? {
    let parts = [ModelBundle.FileName.manifest, ModelBundle.FileName.weights]
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      let names = try? FileManager.default.contentsOfDirectory(atPath: url.path),
      // Weights that are being written have a name of their own.
      names.allSatisfy({ parts.contains($0) || $0.hasPrefix(".\(parts[1]).") })
    else { return nil }
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    return Leftover(
      url: url, isReplaced: isReplaced, isWhole: Set(names) == Set(parts),
      date: attributes?[.modificationDate] as? Date ?? .distantPast)
  }
}
