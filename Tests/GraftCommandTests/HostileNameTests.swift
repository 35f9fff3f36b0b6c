import CommandRunner
import Foundation
import Testing

/// Names of classes and files that hold markup, or would steer a terminal.
@Suite("Hostile names")
struct HostileNameTests {
  private static let title = "\u{1B}]0;owned\u{7}"
  private static let classes = ["<img src=x onerror=alert(1)>", "\(title)\u{202E}yerg\u{9B}31m"]

  @Test func areHarmlessInTerminalAndReport() async throws {
    let photos = try Photos()
    for name in Self.classes {
      for index in 0..<4 {
        let path = "hostile/\(name)/<b>\(Self.title)\n\(index).jpg"
        try photos.put(Photos.picture("gray.jpg"), as: path)
      }
    }
    let run = try await CommandRun(
      "train hostile --device cpu --backbone mobilenetv2 --size 32 --epochs 1 --output new.graft",
      in: photos)
    try #require(run.status == 0, "\(run.output)")
    #expect(run.output.contains(#"classes: \u{1B}]0;owned\u{7}\u{202E}yerg\u{9B}31m, <img"#))
    try photos.put(Data("text".utf8), as: "hostile/\(Self.classes[1])/bad\u{1B}[2J.jpg")
    let prediction = try await CommandRun(
      "predict new.graft hostile --json --device cpu", in: photos)
    #expect(prediction.status == 65)
    #expect(prediction.output.contains(#"skipped hostile/\u{1B}]0;owned"#))
    let refusal = try await CommandRun("evaluate new.graft hostile --device cpu", in: photos)
    #expect(refusal.status == 1)
    #expect(refusal.output.contains(#"bad\u{1B}[2J.jpg"#))
    for output in [run.output, prediction.output, refusal.output] {
      #expect(output.unicodeScalars.allSatisfy { $0 == "\n" || !Self.steers($0) })
    }
    // JSON gives the very names.
    let result = try prediction.json(Predictions.self)
    #expect(result.predictions.count == 8)
    #expect(Set(result.predictions[0].path.unicodeScalars).isSuperset(of: ["\u{1B}", "\n"]))
    let page = try String(contentsOf: photos.folder.appending(path: "new.html"), encoding: .utf8)
    #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;"))
    #expect(!page.contains("<img src=x") && !page.contains("<b>\u{FFFD}"))
    // Marks that reorder text stay, in elements of their own.
    #expect(
      page.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\u{202E}" || !Self.steers($0) })
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || ("\u{202A}"..."\u{202E}").contains(scalar)
  }
}
