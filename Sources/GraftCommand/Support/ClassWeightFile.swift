import Foundation

/// A file with a weight for each class, as JSON or CSV.
struct ClassWeightFile {
  let path: String

  /// The weights by name.
  ///
  /// - Throws: ``ClassWeightFileError`` where the file can't be read, or lacks a class.
  func weights(for classes: [String]) throws -> [String: Float] {
    var data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
      // Windows' editors and spreadsheets begin with the mark of UTF-8.
      if data.starts(with: [0xEF, 0xBB, 0xBF]) { data = Data(data.dropFirst(3)) }
    } catch {
      throw self.error("the file can't be read; --class-weights takes 'balanced' or a file")
    }
    let isObject = data.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
    let weights = try isObject ? fromJSON(data) : fromCSV(String(decoding: data, as: UTF8.self))
    let missing = classes.filter { weights[$0] == nil }
    guard missing.isEmpty else {
      throw error("there is no weight for \(missing.joined(separator: ", ")); give every class one")
    }
    return weights
  }

  func error(_ reason: String) -> ClassWeightFileError {
    ClassWeightFileError(path: path, reason: reason)
  }

  private func fromJSON(_ data: Data) throws -> [String: Float] {
    do {
      return try JSONDecoder().decode([String: Float].self, from: data)
    } catch {
      throw self.error("expected is a JSON object of names and numbers, as in {\"rare\": 10}")
    }
  }

  /// Lines of a name, a comma and a number; the name may be quoted, the first line a header.
  private func fromCSV(_ text: String) throws -> [String: Float] {
    var weights: [String: Float] = [:]
    let lines = text.split(whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      guard let comma = line.lastIndex(of: ",") else {
        throw error("expected is name,weight in line \(index + 1), not '\(line)'")
      }
      let name = unquoted(line[..<comma].trimmingCharacters(in: .whitespaces))
      let number = line[line.index(after: comma)...].trimmingCharacters(in: .whitespaces)
      guard let weight = Float(number) else {
        if index == 0, lines.count > 1 { continue }
        throw error("'\(number)' in line \(index + 1) is no number")
      }
      guard weights.updateValue(weight, forKey: name) == nil else {
        throw error("'\(name)' has two weights")
      }
    }
    return weights
  }

  private func unquoted(_ field: String) -> String {
    guard field.count >= 2, field.hasPrefix("\""), field.hasSuffix("\"") else { return field }
    return String(field.dropFirst().dropLast()).replacing("\"\"", with: "\"")
  }
}

/// A file of class weights that can't be used.
struct ClassWeightFileError: Error, CustomStringConvertible {
  var path: String
  var reason: String

  var description: String { "\(path): \(reason)" }
}
