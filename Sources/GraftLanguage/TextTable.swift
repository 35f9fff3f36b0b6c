public import Foundation
public import GraftText
import SwiftCSV

/// Rows of a CSV or TSV file, in UTF-8, with a first row of columns' names.
///
/// Fields may stand in quotes, with line breaks and doubled quotes in them (RFC 4180); a byte order mark is
/// passed over.
public struct TextTable: Sendable {
  /// Where the rows are from.
  public let url: URL
  /// The names of the columns.
  public let columns: [String]
  /// The fields of each row, as many as there are columns; empty lines are left out.
  public let rows: [[String]]

  /// The names by which a column of texts is found, the first that there is.
  public static let textNames = [
    "text", "sentence", "review", "content", "comment", "message", "body", "document", "tweet",
  ]
  /// The names by which a column of classes is found, the first that there is.
  public static let labelNames = ["label", "class", "category", "target", "sentiment", "labels"]

  /// Whether a file is a table by its ending: `.csv`, `.tsv` or `.tab`.
  public static func isNamedAsTable(_ url: URL) -> Bool { delimiter(of: url) != nil }

  private static func delimiter(of url: URL) -> CSVDelimiter? {
    switch url.pathExtension.lowercased() {
    case "csv": .comma
    case "tsv", "tab": .tab
    default: nil
    }
  }

  /// Reads a file: with commas between the fields, or with tabs where its name ends in `.tsv` or `.tab`.
  ///
  /// - Throws: ``TextDatasetError`` with the row where fields are too many or too few.
  public init(contentsOf url: URL) throws {
    self.url = url
    guard let data = try? Data(contentsOf: url) else {
      throw TextDatasetError("\(url.path) can't be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TextDatasetError("\(url.path) is no UTF-8; save it as UTF-8")
    }
    let delimiter = Self.delimiter(of: url) ?? .comma
    let all = try Self.fields(of: text, delimiter, url)
    guard let header = all.first, header != [""] else {
      throw TextDatasetError("\(url.path) has no row with the names of its columns")
    }
    columns = header.map { $0.trimmingCharacters(in: .whitespaces) }
    for (index, row) in all.enumerated() where row != [""] && row.count != header.count {
      throw TextDatasetError(
        "\(url.path), row \(index + 1): \(row.count) fields, but there are \(header.count) columns "
          + "(\(columns.joined(separator: ", "))); put texts with "
          + "\(delimiter == .tab ? "tabs" : "commas") or line breaks in quotes")
    }
    rows = all.dropFirst().filter { $0 != [""] }
  }

  private static func fields(
    of text: String, _ delimiter: CSVDelimiter, _ url: URL
  ) throws -> [[String]] {
    var rows: [[String]] = []
    do {
      // Behind a closed last row, the line break makes an empty one.
      let body = text.hasSuffix("\n") || text.hasSuffix("\r\n") ? text + "\n" : text + "\n\n"
      try CSV<Enumerated>(string: body, delimiter: delimiter, loadColumns: false, rowLimit: 0)
        .enumerateAsArray(startAt: 0, rowLimit: nil) { rows.append($0) }
    } catch {
      throw TextDatasetError(
        "\(url.path), row \(rows.count + 1): a quote stands within a field; put the field in quotes, "
          + "and each quote in it twice")
    }
    guard rows.popLast() == [""] else {
      throw TextDatasetError("\(url.path), row \(max(rows.count, 1)): a quote is never closed")
    }
    return rows
  }

  /// The fields of the column of texts.
  ///
  /// - Parameter name: The column's name; by default the first of ``textNames`` that there is, or the only
  ///   column.
  /// - Throws: ``TextDatasetError`` that lists the columns.
  public func texts(in name: String? = nil) throws -> [Text] {
    let column =
      name == nil && columns.count == 1
      ? 0 : try column(name, among: Self.textNames, of: "texts", option: "--text-column")
    return rows.map { Text($0[column]) }
  }

  /// The fields of the column of classes.
  ///
  /// - Parameter name: The column's name; by default the first of ``labelNames`` that there is.
  /// - Throws: ``TextDatasetError`` that lists the columns, or names a row without a class.
  public func labels(in name: String? = nil) throws -> [String] {
    let column = try column(name, among: Self.labelNames, of: "classes", option: "--label-column")
    let labels = rows.map { $0[column].trimmingCharacters(in: .whitespacesAndNewlines) }
    if let index = labels.firstIndex(of: "") {
      throw TextDatasetError(
        "\(url.path): text \(index + 1) has no class in the column '\(columns[column])'")
    }
    return labels
  }

  private func column(
    _ name: String?, among usual: [String], of content: String, option: String
  ) throws -> Int {
    let lowercased = columns.map { $0.lowercased() }
    let found =
      name.map { name in columns.firstIndex(of: name) }
      ?? usual.lazy.compactMap { lowercased.firstIndex(of: $0) }.first
    guard let found else {
      throw TextDatasetError(
        "\(url.path) has no column \(name.map { "'\($0)'" } ?? "of \(content) by a usual name"), "
          + "only \(columns.map { "'\($0)'" }.joined(separator: ", ")); name the column of \(content) "
          + "(\(option))")
    }
    return found
  }
}

extension TextDataset {
  /// The texts and classes of a table.
  ///
  /// - Parameters:
  ///   - textColumn: By default one of a usual name: see ``TextTable/texts(in:)``.
  ///   - labelColumn: By default one of a usual name: see ``TextTable/labels(in:)``.
  ///   - classes: The names of the classes; by default those that there are, sorted by their bytes.
  /// - Throws: ``TextDatasetError`` where a column is missing, a class unknown, or there is but one.
  public init(
    _ table: TextTable, textColumn: String? = nil, labelColumn: String? = nil,
    classes: [String]? = nil
  ) throws {
    let texts = try table.texts(in: textColumn)
    let names = try table.labels(in: labelColumn)
    guard let classes else {
      try self.init(texts, classNames: names)
      guard self.classes.count >= 2 else {
        throw TextDatasetError(
          "\(table.url.path) has texts of \(self.classes.count) classes; two or more are needed")
      }
      return
    }
    let numbers = Dictionary(classes.enumerated().map { ($1, $0) }) { first, _ in first }
    let labels = try names.enumerated().map { index, name in
      guard let number = numbers[name] else {
        throw TextDatasetError(
          "\(table.url.path): text \(index + 1) is of the class '\(name)', but the model knows "
            + classes.joined(separator: ", "))
      }
      return number
    }
    try self.init(texts, labels: labels, classes: classes)
  }

  /// The texts of a folder, all read now.
  ///
  /// - Throws: ``TextDatasetError`` where a file can't be read or is no UTF-8.
  public init(reading folder: TextFolder) throws {
    let samples = try (0..<folder.count).map(folder.sample(at:))
    try self.init(
      samples.map(\.input), labels: samples.map { $0.label ?? 0 }, classes: folder.classes)
  }
}
