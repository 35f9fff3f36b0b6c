/// Why a folder of pictures cannot be used.
public enum ImageFolderError: Error, Equatable, CustomStringConvertible {
  case missing(String)
  case notAFolder(String)
  /// The folder and the system's own words.
  case unreadable(String, String)
  case noClass(String)
  /// The folder and its only class.
  case oneClass(String, String)
  /// The folder and the classes without pictures.
  case emptyClasses(String, [String])
  /// A folder with `train` and the like was opened as if these were classes.
  case splitFolders(String, [String])
  /// The folder, its subfolders, and the folders that each of these holds.
  case sharedSubfolders(String, [String], [String])
  /// The folder and two or more subfolders that are the same part of a split.
  case ambiguousPart(String, [String])
  /// The folder and what was expected in it.
  case missingPart(String, [String])
  /// A held-out folder, and its classes that the training folder lacks.
  case unknownClasses(String, [String])
  /// Every picture that cannot be decoded.
  case unreadableImages([ImageError])

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): there is no such folder"
    case .notAFolder(let path):
      "\(path): this is a file; expected a folder with one subfolder for each class"
    case .unreadable(let path, let words):
      "\(path): the folder cannot be read (\(words))"
    case .noClass(let path):
      "\(path): no class found; expected one subfolder for each class"
    case .oneClass(let path, let name):
      "\(path): only one class (\(name)); two or more are needed, one subfolder for each; if \(name) "
        + "holds them, open that folder"
    case .emptyClasses(let path, let names):
      "\(path): no pictures in \(names.joined(separator: ", ")); "
        + "add some or remove the folder(s)"
    case .splitFolders(let path, let names):
      "\(path): \(names.joined(separator: ", ")) are parts of a split, not classes; "
        + "open one of them, or all with ImageFolder.split(at:)"
    case .sharedSubfolders(let path, let names, let shared):
      "\(path): \(Self.list(names)) all hold folders of the same names (\(Self.list(shared))), as the "
        + "parts of a split do; name the parts train and val, or say that they are classes with "
        + "--shared-subfolders ignore (in Swift, sharedSubfolders: .ignore)"
    case .ambiguousPart(let path, let names):
      "\(path): \(names.joined(separator: " and ")) are names of the same part of a split; keep one, "
        + "or put their pictures together"
    case .missingPart(let path, let names):
      "\(path): expected a subfolder named \(names.joined(separator: " or "))"
    case .unknownClasses(let path, let names):
      "\(path): \(names.joined(separator: ", ")) not among the classes that are trained on; "
        + "rename or remove the folder(s)"
    case .unreadableImages(let errors):
      "\(errors.count) picture(s) cannot be read; mend or remove them, or skip them by choice:\n"
        + errors.map { "  \($0)" }.joined(separator: "\n")
    }
  }

  private static func list(_ names: [String]) -> String {
    (names.prefix(8) + (names.count > 8 ? ["..."] : [])).joined(separator: ", ")
  }
}
