import Foundation

/// What a folder holds, read with the names' own bytes: text would lose those that are no UTF-8.
struct FolderEntries {
  /// Which folder this is, under whatever path.
  struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  let identity: Identity
  /// Visible folders and links to folders, sorted.
  private(set) var folders: [FileName] = []
  /// Everything else that is visible, sorted.
  private(set) var files: [FileName] = []

  /// - Throws: `ImageFolderError` where the folder is missing, is none, or cannot be read.
  init(of path: FilePath) throws {
    guard let stream = path.withPlatformString(opendir) else { throw Self.error(path) }
    defer { closedir(stream) }
    var status = stat()
    guard fstat(dirfd(stream), &status) == 0 else { throw Self.error(path) }
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = Self.name(of: entry)
      if name.isHidden { continue }
      if Self.isFolder(entry, name, in: stream) {
        folders.append(name)
      } else {
        files.append(name)
      }
    }
    guard errno == 0 else { throw Self.error(path) }
    folders.sort()
    files.sort()
  }

  private static func name(of entry: UnsafeMutablePointer<dirent>) -> FileName {
    let start = UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
    let characters = start.assumingMemoryBound(to: CChar.self)
    return FileName(
      bytes: Array(UnsafeRawBufferPointer(start: characters, count: strlen(characters))))
  }

  private static func isFolder(
    _ entry: UnsafeMutablePointer<dirent>, _ name: FileName, in stream: OpaquePointer
  ) -> Bool {
    switch Int(entry.pointee.d_type) {
    case Int(DT_DIR): return true
    case Int(DT_LNK), Int(DT_UNKNOWN): break
    default: return false
    }
    var status = stat()
    let result = FilePath(bytes: name.bytes).withPlatformString {
      fstatat(dirfd(stream), $0, &status, 0)
    }
    return result == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func error(_ path: FilePath) -> ImageFolderError {
    switch errno {
    case ENOENT: .missing(path.display)
    case ENOTDIR: .notAFolder(path.display)
    default: .unreadable(path.display, String(cString: strerror(errno)))
    }
  }
}
