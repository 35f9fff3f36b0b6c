import ArgumentParser
import Graft

struct Backbones: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The pretrained networks that Graft knows.")

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Result: Encodable {
    struct Entry: Encodable {
      var name: String
      var title: String
      var parameters: Int
      var parametersWithClassifier: Int
      var inputSize: Int
      var minimumSize: Int
    }
    var backbones: [Entry]
  }

  func run() throws {
    let entries = try Backbone.all.map { backbone in
      Result.Entry(
        name: backbone.name, title: backbone.recipe.title,
        parameters: try Model(backbone).outline().parameterCount,
        parametersWithClassifier: try Model(backbone(includesTop: true)).outline().parameterCount,
        inputSize: backbone.inputSize.height, minimumSize: backbone.recipe.minimumSize)
    }
    let rows = entries.map {
      [
        $0.name, $0.title, Format.count($0.parameters), Format.count($0.parametersWithClassifier),
        "\($0.inputSize)", "\($0.minimumSize)",
      ]
    }
    let header = ["name", "", "parameters", "with classifier", "pixels", "at least"]
    for line in Format.table([header] + rows, leftColumns: 2) { Terminal.show(line) }
    let scalable = Backbone.all.map(\.name).filter { Backbone.scalable[$0] != nil }
    Terminal.show("")
    Terminal.show(
      "In other widths: \(scalable.joined(separator: ", ")); the width is put behind the name, "
        + "as in mobilenetv2-0.5")
    if json { try Terminal.printJSON(Result(backbones: entries)) }
  }
}
