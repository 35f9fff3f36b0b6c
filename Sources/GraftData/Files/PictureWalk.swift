import Foundation

/// Walks folders for pictures and notes what it leaves out.
///
/// Links to folders are followed. A folder that is met again, through a link that leads in a circle or
/// to the same place as another, is not read again: each folder once in a walk.
struct PictureWalk {
  let root: FilePath
  /// Files that are no pictures, by ending.
  private(set) var leftOut: [String: Int] = [:]
  private(set) var notices: [FolderNotice] = []

  /// Endings that make a file a picture; such a file that cannot be decoded is reported, not passed over.
  fileprivate static let pictureEndings: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp", "dib", "tif", "tiff", "ppm",
    "pgm", "pbm", "pnm", "heic", "heif", "hif", "avif",
  ]

  init(_ root: FilePath) {
    self.root = root
  }

  static func isNamedAsPicture(_ name: FileName) -> Bool {
    pictureEndings.contains(name.ending)
  }

  /// The pictures below some subfolders of the root, as bytes below it: folders sorted by path, then the
  /// files in each by name, as Keras walks them.
  ///
  /// - Parameter known: Folders that are not to be read again, and where they were met.
  /// - Throws: `ImageFolderError` where a folder cannot be read.
  mutating func pictures(
    below subfolders: [[UInt8]], known: [FolderEntries.Identity: FilePath] = [:]
  ) throws -> [[UInt8]] {
    var known = known
    var found: [(folder: [UInt8], names: [FileName])] = []
    var pending = Array(subfolders.reversed())
    while let folder = pending.popLast() {
      let path = root.appending(bytes: folder)
      let entries = try FolderEntries(of: path)
      if let first = known.updateValue(path, forKey: entries.identity) {
        known[entries.identity] = first
        notices.append(.readOnce(link: path.display, folder: first.display))
        continue
      }
      pending += entries.folders.reversed().map { Self.join(folder, $0) }
      found.append((folder, entries.files.filter { isPicture($0, in: path) }))
    }
    found.sort { $0.folder.lexicographicallyPrecedes($1.folder) }
    return found.flatMap { folder, names in names.map { Self.join(folder, $0) } }
  }

  /// Counts files that are not read, whatever they are.
  mutating func leaveOut(_ files: [FileName]) {
    for file in files { leftOut[file.ending, default: 0] += 1 }
  }

  /// What is to be told about the walk.
  var summary: [FolderNotice] {
    notices + (leftOut.isEmpty ? [] : [.leftOut(folder: root.display, counts: leftOut)])
  }

  private static func join(_ folder: [UInt8], _ name: FileName) -> [UInt8] {
    folder.isEmpty ? name.bytes : folder + [UInt8(ascii: "/")] + name.bytes
  }

  /// Whether the name says picture or, where the name says nothing, the first bytes do.
  private mutating func isPicture(_ name: FileName, in folder: FilePath) -> Bool {
    if Self.isNamedAsPicture(name) { return true }
    if Self.startsLikePicture(folder.appending(bytes: name.bytes)) { return true }
    leaveOut([name])
    return false
  }

  private static func startsLikePicture(_ path: FilePath) -> Bool {
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return withUnsafeTemporaryAllocation(
      byteCount: ImageFormat.signatureByteCount, alignment: 1
    ) { bytes in
      let count = read(descriptor, bytes.baseAddress, bytes.count)
      let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(max(count, 0)))
      return ImageFormat(sniffing: start)?.isCertain ?? false
    }
  }
}

/// The pictures in a folder at any depth, without classes.
public struct PictureFiles: Sendable {
  /// In order: folders by path, then the files in each by name.
  public let paths: [FilePath]
  /// What was left out, and links that were not followed twice.
  public let notices: [FolderNotice]

  /// Whether a file is a picture by its ending.
  public static func isNamedAsPicture(_ path: FilePath) -> Bool {
    PictureWalk.pictureEndings.contains((path.extension ?? "").lowercased())
  }

  /// Lists a folder; hidden files are ignored.
  ///
  /// - Throws: `ImageFolderError` where the folder is missing, is none, or cannot be read.
  public init(below folder: FilePath) throws {
    var walk = PictureWalk(folder)
    paths = try walk.pictures(below: [[]]).map { folder.appending(bytes: $0) }
    notices = walk.summary
  }
}
