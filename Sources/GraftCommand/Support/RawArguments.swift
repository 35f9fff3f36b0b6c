import Graft

/// The arguments of the process with nothing lost of them.
enum RawArguments {
  /// What follows the command's name. An argument that is no UTF-8 has such bytes as `\xE9`, from which
  /// `FilePath(display:)` makes the same path; Swift's own list has a replacement character there.
  static var all: [String] {
    (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
      guard let argument = CommandLine.unsafeArgv[index] else { return nil }
      return String(validatingCString: argument) ?? FilePath(platformString: argument).display
    }
  }
}
