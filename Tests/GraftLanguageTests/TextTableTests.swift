import Foundation
import Graft
import Testing

@Suite struct TextTableTests {
  /// A file of a name in a folder of its own, which the system clears away.
  private func table(_ text: String, _ name: String = "reviews.csv") throws -> TextTable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "table-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return try TextTable(contentsOf: url)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func readsQuotesLineBreaksAndAByteOrderMark() throws {
    let read = try table("\u{FEFF}Text,label\r\n\"a \"\"b\"\",\nc\",x\r\n\r\nd,\"y\"")
    #expect(read.columns == ["Text", "label"])
    #expect(read.rows == [["a \"b\",\nc", "x"], ["d", "y"]])
    #expect(try read.texts().map(\.text) == ["a \"b\",\nc", "d"])
    let dataset = try TextDataset(read)
    #expect(dataset.classes == ["x", "y"])
    #expect((0..<2).map(dataset.label(at:)) == [0, 1])
    let known = try TextDataset(read, classes: ["y", "z", "x"])
    #expect((0..<2).map(known.label(at:)) == [2, 0])
  }

  @Test func takesTabsByTheEnding() throws {
    #expect(try table("sentence\tclass\na, b\tx\n", "reviews.tsv").rows == [["a, b", "x"]])
  }

  @Test func namesColumnsAreChosenBy() throws {
    let read = try table("content,text,category,label\na,b,c,d\n")
    #expect(try read.texts().map(\.text) == ["b"])
    #expect(try read.texts(in: "content").map(\.text) == ["a"])
    #expect(try read.labels() == ["d"])
    #expect(try read.labels(in: "category") == ["c"])
    #expect(try table("words\na\n").texts().map(\.text) == ["a"])
  }

  @Test func saysWhatIsWrong() throws {
    #expect(message { _ = try table("a,b\n1,2\n").texts() }.contains("only 'a', 'b'"))
    #expect(message { _ = try table("text,b\n1,2\n").labels() }.contains("--label-column"))
    #expect(message { _ = try table("a,b\n1,2\n3\n") }.contains("row 3: 1 fields"))
    #expect(message { _ = try table("a,b\n1,\"2\n3,4\n") }.contains("a quote is never closed"))
    #expect(message { _ = try table("a,b\n1,x\"y\"z\n") }.contains("row 2: a quote"))
    #expect(message { _ = try table("") }.contains("names of its columns"))
    #expect(message { _ = try table("text,label\na,\n").labels() }.contains("text 1 has no class"))
    let one = try table("text,label\na,x\n")
    #expect(message { _ = try TextDataset(one) }.contains("two or more"))
    #expect(message { _ = try TextDataset(one, classes: ["y"]) }.contains("of the class 'x'"))
  }
}
