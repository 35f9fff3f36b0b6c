import Foundation

/// Numbers and tables as people read them.
enum Format {
  /// With a fixed number of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  static func milliseconds(_ seconds: Double) -> String { fixed(seconds * 1000, 2) }

  static func mebibytes(_ byteCount: Int) -> String {
    fixed(Double(byteCount) / Double(1 << 20), 1)
  }

  static func percent(_ share: Double) -> String { fixed(share * 100, 1) + "%" }

  /// Columns padded to their widest cell; the first ones are left-aligned, the others right.
  static func table(_ rows: [[String]], leftColumns: Int = 1) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < leftColumns ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// A value as one line of JSON.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
