import ArgumentParser
import Foundation
import Graft

/// What a file or folder holds to learn from.
enum DataKind {
  case pictures, texts

  /// By a table's ending, or by what lies in a folder: pictures where there is one, else texts where
  /// there is a `.txt` file.
  init(of path: String) {
    let url = URL(fileURLWithPath: path)
    if TextTable.isNamedAsTable(url) || url.pathExtension.lowercased() == "txt" {
      self = .texts
      return
    }
    var holdsText = false
    let files = FileManager.default.enumerator(atPath: path)
    while let file = files?.nextObject() as? String {
      if Self.isNamedAsPicture(file) {
        self = .pictures
        return
      }
      holdsText = holdsText || file.lowercased().hasSuffix(".txt")
    }
    self = holdsText ? .texts : .pictures
  }

  private static func isNamedAsPicture(_ path: String) -> Bool {
    PictureFiles.isNamedAsPicture(FilePath(display: path))
  }
}

/// Texts with their classes, as the command is given them.
enum TextData {
  case table(TextTable, ColumnOptions)
  case folder(String)

  /// - Throws: `TextDatasetError` where a table can't be read.
  init(_ path: String, _ options: TextOptions) throws {
    try self.init(path, options.columns)
  }

  init(_ path: String, _ columns: ColumnOptions) throws {
    let url = URL(fileURLWithPath: path)
    self =
      TextTable.isNamedAsTable(url)
      ? .table(try TextTable(contentsOf: url), columns) : .folder(path)
    guard case .folder = self else { return }
    for (option, value) in [
      ("--text-column", columns.textColumn), ("--label-column", columns.labelColumn),
    ] where value != nil {
      throw ValidationError("\(option) is for a table (.csv or .tsv), but \(path) is none")
    }
  }

  /// All texts.
  ///
  /// - Parameter classes: Those of a model; by default those that there are.
  func dataset(classes: [String]? = nil) throws -> TextDataset {
    switch self {
    case .table(let table, let columns):
      try TextDataset(
        table, textColumn: columns.textColumn, labelColumn: columns.labelColumn, classes: classes)
    case .folder(let path): try TextDataset(reading: TextFolder(path, classes: classes))
    }
  }

  /// The texts to train on and those held out, if any are.
  @MainActor
  func parts(_ options: Train) throws -> (Subset<TextDataset>, Subset<TextDataset>?) {
    if case .folder(let path) = self, let split = try TextFolder.split(at: path) {
      return (
        try TextDataset(reading: split.training).whole,
        try TextDataset(reading: split.validation).whole
      )
    }
    let all = try dataset()
    if options.data.validation == 0 { return (all.whole, nil) }
    let split = try all.split(
      validation: options.data.validation, stratified: true, seed: options.shared.seed)
    return (split.training, split.validation)
  }
}

extension TextDataset {
  fileprivate var whole: Subset<TextDataset> { subset(Array(0..<count)) }
}
