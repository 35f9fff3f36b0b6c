import CommandRunner
import Foundation
import Testing

/// `graft train --class-weights`, on 15 photos of one class and 1 of the other, 2 and 2 held out.
@Suite("Class weights")
struct ClassWeightTests {
  private struct Result: Decodable {
    var classWeights: [Float]?
    var loss: Float
  }

  private static func makePhotos() throws -> Photos {
    let photos = try Photos()
    for index in 0..<15 {
      try photos.put(Photos.picture("rgb-444.jpg"), as: "few/train/common/\(index).jpg")
    }
    try photos.put(Photos.picture("gray.jpg"), as: "few/train/rare/0.jpg")
    for (name, picture) in [("common", "rgb-422.jpg"), ("rare", "cmyk.jpg")] {
      for index in 0..<2 {
        try photos.put(Photos.picture(picture), as: "few/val/\(name)/\(index).jpg")
      }
    }
    return photos
  }

  private static let training =
    "train few --device cpu --backbone mobilenetv2 --size 32 --epochs 1 --output new.graft --json "

  @Test func balanceOrComeFromAFile() async throws {
    let photos = try Self.makePhotos()
    try photos.put(Data("\u{FEFF} {\"rare\": 8, \"common\": 0.533333361}".utf8), as: "weights.json")
    try photos.put(
      Data("\u{FEFF}class,weight\n\"rare\", 8\ncommon,0.533333361\n".utf8), as: "weights.csv")
    var losses: Set<Float> = []
    for choice in ["balanced", "weights.json", "weights.csv"] {
      let run = try await CommandRun("\(Self.training) --class-weights \(choice)", in: photos)
      try #require(run.status == 0, "\(run.output)")
      #expect(run.output.contains("Class weights: common 0.533, rare 8"))
      #expect(!run.output.contains("Advice"))
      let result = try run.json(Result.self)
      #expect(result.classWeights == [16.0 / 30, 8])
      losses.insert(result.loss)
    }
    #expect(losses.count == 1)
    let plain = try await CommandRun(Self.training, in: photos)
    #expect(
      plain.output.contains("Advice: there are 1 photos of rare and 15 of common; with"))
    let result = try plain.json(Result.self)
    #expect(result.classWeights == nil)
    #expect(!losses.contains(result.loss))
    // From ten times as many on.
    try photos.put(Photos.picture("gray.jpg"), as: "few/train/rare/1.jpg")
    #expect(try await !CommandRun(Self.training, in: photos).output.contains("Advice"))
  }

  @Test(arguments: [
    (#"{"rare": 10}"#, "no weight for common"), (#"{"rare": 1, "common": -1}"#, "'common' is -1"),
    (#"{"rare": 1, "common": 1, "seldom": 1}"#, "'seldom', which is none of the classes"),
    (#"{"rare": "much"}"#, "a JSON object of names and numbers"), ("rare 1\ncommon 2", "line 1"),
    ("rare,1\ncommon,nan", "'common' is nan"), ("rare,1\ncommon,x", "'x' in line 2"),
    ("rare,1\nrare,2\ncommon,1", "'rare' has two weights"),
    ("rare,0\ncommon,0", "all classes have the weight 0"),
  ])
  func mistakesAreTold(text: String, words: String) async throws {
    let photos = try Self.makePhotos()
    try photos.put(Data(text.utf8), as: "weights")
    let before = try photos.names
    let run = try await CommandRun("\(Self.training) --class-weights weights", in: photos)
    #expect(run.status == 1)
    #expect(run.output.contains("weights: ") && run.output.contains(words))
    #expect(try photos.names == before)
  }

  @Test func aMissingFileIsTold() async throws {
    let run = try await CommandRun(
      "\(Self.training) --class-weights balance", in: Self.makePhotos())
    #expect(run.status == 1)
    #expect(run.output.contains("balance: the file can't be read"))
    #expect(run.output.contains("'balanced' or a file"))
  }
}
