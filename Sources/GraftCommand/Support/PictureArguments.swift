import ArgumentParser
import Foundation
import Graft

/// Which pictures to answer for, and what to do where some can't be read.
struct PictureArguments: ParsableArguments {
  @Argument(help: "Photos, or folders, in which photos are looked for at any depth.")
  var photos: [String] = []

  @Option(
    help: """
      Where photos can't be read: skip answers for the others, names these and ends with status 65; \
      fail names them and answers for none.
      """)
  var onBadImage = BadImagePolicy.skip

  /// The pictures that the arguments name: those of a folder folder by folder, sorted by name. What a
  /// folder holds besides is told.
  func pictures() -> PictureSelection {
    var selection = PictureSelection()
    for path in PackedArguments.unpacked(photos) { selection.add(path) }
    for notice in selection.notices { Notes.tell("\(notice)") }
    return selection
  }

  /// Names the pictures that there is no answer for.
  ///
  /// - Throws: ``UnreadablePictures`` where there is to be no answer for the others either.
  func tell(_ failures: [PictureFailure]) throws {
    if failures.isEmpty { return }
    guard onBadImage == .skip else { throw UnreadablePictures(failures: failures) }
    for failure in failures { Terminal.complain("skipped \(VisibleText.line(failure.error))") }
  }
}

/// The end of a command that could answer for some of the pictures only.
extension ExitCode {
  /// As EX_DATAERR of sysexits.h.
  static let somePicturesUnreadable = ExitCode(65)

  /// - Throws: ``somePicturesUnreadable`` where a picture could not be read.
  static func check(_ failures: [PictureFailure]) throws {
    if !failures.isEmpty { throw somePicturesUnreadable }
  }
}

/// Pictures that were asked for, in order.
struct PictureSelection {
  private(set) var paths: [String] = []
  /// What was asked for and is not there.
  private(set) var failures: [PictureFailure] = []
  /// What was left out of folders.
  private(set) var notices: [FolderNotice] = []

  mutating func add(_ path: String) {
    let file = FilePath(display: path)
    var status = stat()
    guard file.withPlatformString({ stat($0, &status) }) == 0 else {
      return fail(path, "there is no file or folder '\(path)'")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return paths.append(path) }
    do {
      let found = try PictureFiles(below: file)
      notices += found.notices
      if found.paths.isEmpty { fail(path, "there are no pictures in \(path)") }
      paths += found.paths.map(\.display)
    } catch {
      fail(path, "\(error)")
    }
  }

  private mutating func fail(_ path: String, _ error: String) {
    failures.append(PictureFailure(path: path, error: error))
  }

  /// All that there is no answer for, given what could not be decoded by its position.
  func failures(_ unreadable: [Int: ImageError]) -> [PictureFailure] {
    failures
      + unreadable.sorted { $0.key < $1.key }.map {
        PictureFailure(path: paths[$0.key], error: "\($0.value)")
      }
  }
}

/// A picture without an answer, as JSON tells it.
struct PictureFailure: Encodable {
  var path: String
  /// What is wrong, with the path.
  var error: String
}

/// Pictures that can't be read, where that is no matter to pass over.
struct UnreadablePictures: Error, CustomStringConvertible {
  var failures: [PictureFailure]

  var description: String {
    (["\(failures.count) of the photos can't be read, so there is no answer; mend or remove them:"]
      + failures.map { "  \(VisibleText.line($0.error))" }).joined(separator: "\n")
  }
}
