import CommandRunner
import Foundation
import Testing

/// What users get wrong: each run must say what is amiss, end with a failure and leave nothing.
@Suite("Refusals")
struct RefusalTests {
  /// Arguments, split at spaces, and what the message must have in it.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var arguments: String
    var words: [String]
    var testDescription: String { arguments }

    init(_ arguments: String, _ words: String...) {
      (self.arguments, self.words) = (arguments, words)
    }
  }

  private static let training =
    "train photos --device cpu --backbone mobilenetv2 --size 32 --epochs 1 --output new.graft"
  private static let features =
    "features --device cpu --backbone mobilenetv2 --size 32 --output new.safetensors"
  private static let export = "export --backbone mobilenetv2 --format"
  private static let summary = "summary --device cpu --backbone mobilenetv2 --size 32"

  static let numbers = [
    Mistake("\(training) --size=0", "--size takes 1 to 65536, not 0"),
    Mistake("\(training) --size=9223372036854775807", "--size", "9223372036854775807"),
    Mistake("\(training) --channels=-1", "--channels takes 1 to 65536, not -1"),
    Mistake("\(training) --channels=5", "32×32×5", "32×32×3"),
    Mistake("\(training) --size=65536 --channels=65536", "1×65536×65536×65536"),
    Mistake("\(training) --epochs=-1", "--epochs", "not -1"),
    Mistake("\(training) --fine-tune-epochs=-1", "--fine-tune-epochs", "not -1"),
    Mistake("\(training) --fine-tune-last=0", "--fine-tune-last takes 1 to 65536, not 0"),
    Mistake("\(training) --fine-tune-last 2 --fine-tune-from head", "either --fine-tune-from"),
    Mistake("\(training) --batch-size=0", "--batch-size takes 1 to 65536, not 0"),
    Mistake("\(training) --patience=0", "--patience takes 1 to 1000000, not 0"),
    Mistake("\(training) --rate=0", "--rate", "greater than 0"),
    Mistake("\(training) --rate=nan", "--rate", "not nan"),
    Mistake("\(training) --rate=1e38", "no finite number after epoch 1", "lower --rate"),
    Mistake("\(training) --fine-tune-rate=-1", "--fine-tune-rate", "not -1.0"),
    Mistake("\(training) --backbone-rate-factor 0.1", "give --fine-tune-from or --fine-tune-last"),
    Mistake(
      "\(training) --fine-tune-last 2 --backbone-rate-factor=0", "--backbone-rate-factor",
      "greater than 0, not 0.0"),
    Mistake("\(training) --weight-decay=-1", "--weight-decay", "not -1.0"),
    Mistake("\(training) --dropout=1", "--dropout", "below 1, not 1.0"),
    Mistake("\(training) --head-units=-1", "--head-units takes 0 to 16777216, not -1"),
    Mistake("\(training) --head-units=9999999999", "--head-units", "not 9999999999"),
    Mistake("\(training) --validation=1", "between 0 and 1", "found 1.0"),
    Mistake("\(summary) --batch=0", "--batch takes 1 to 65536, not 0"),
    Mistake("\(summary) --classes=9223372036854775807", "--classes takes 1 to 16777216"),
    Mistake("tune --batch=0", "--batch takes 1 to 65536, not 0"),
    Mistake("evaluate no.graft photos --batch-size=0", "--batch-size takes 1 to 65536, not 0"),
    Mistake("\(features) --layers features.1 photos --batch-size=-1", "--batch-size", "not -1"),
    Mistake("predict no.graft a.jpg --top=0", "--top takes a number from 1 on"),
    Mistake("classify a.jpg --top=-1", "--top takes a number from 1 on"),
  ]

  static let names = [
    Mistake("\(training) --backbone mobilenetv22", "no backbone 'mobilenetv22'", "'mobilenetv2'"),
    Mistake("\(training) --weights no.pth", "no.pth", "No such file"),
    Mistake("\(training) --weights photos/grey/0.jpg", "photos/grey/0.jpg", "no format"),
    Mistake("\(training) --weights imagenet:none", "no published weights 'none'", "torchvision-v1"),
    Mistake("\(training) --source caffe", "no variant of caffe", "torchvision"),
    // With drivers the devices there are, without one how to come by it.
    Mistake("\(training) --device opencl:99", "no OpenCL"),
    Mistake("\(training) --device tpu", "'tpu'", "auto, cpu, opencl"),
    Mistake("\(training) --optimizer rmsprop", "'rmsprop'", "'adamw'"),
    Mistake("\(training) --fine-tune-from layer9", "no layer 'layer9'", "did you mean"),
    // Known, but with nothing to train behind it: told before the head is trained, not after.
    Mistake("\(training) --fine-tune-from output", "'output'", "nothing"),
    Mistake("\(training) --size=16", "at least 32×32, not 16×16"),
    Mistake("\(training) --keep-head", "--keep-head needs a trained model as --weights"),
    Mistake("\(features) --layers none photos", "no layer 'none'", "did you mean"),
    Mistake("\(features) --layers , photos", "--layers takes names"),
    Mistake("\(summary) --freeze none9", "no layer 'none9'"),
    Mistake("\(export) keras --output new.h5", "new.h5", ".weights.h5"),
    Mistake("weights fetch mobilenetv2:none", "no published weights 'none'"),
    Mistake("weights add photos/grey/0.jpg", "photos/grey/0.jpg", "SHA-256"),
  ]

  static let places = [
    Mistake("\(training) --output photos", "photos exists and is not a model bundle"),
    Mistake("\(training) --output photos/grey/0.jpg", "0.jpg exists and is not a model bundle"),
    Mistake("\(training) --output photos/grey/0.jpg/new", "0.jpg/new can't be written", "Not a"),
    Mistake("\(training) --output /proc/new.graft", "/proc/new.graft can't be written"),
    Mistake("\(training) --report none/new.html", "none/new.html", "there is no folder"),
    Mistake("\(training) --report photos", "photos: is a folder"),
    Mistake("\(features) --layers features.1 photos --output none/a", "none/a", "No such file"),
    Mistake("\(export) onnx --output none/a", "none/a", "No such file"),
    Mistake("\(features) --layers features.1 empty", "no pictures in empty"),
    Mistake("\(features) --layers features.1 none.jpg", "'none.jpg'"),
    Mistake("evaluate photos photos", "photos is not a model bundle", "model.json"),
    Mistake("predict no.graft photos/grey/0.jpg", "no.graft is not a model bundle"),
    Mistake("train none --output new.graft", "none: there is no such folder"),
    Mistake("train empty --output new.graft", "empty: no class found"),
    Mistake("train photos/grey/0.jpg --output new.graft", "0.jpg: this is a file"),
    Mistake("train one --output new.graft", "only one class (grey)", "open that folder"),
    Mistake("train damaged --output new.graft", "damaged/b/0.jpg", "mend or remove"),
  ]

  @Test(arguments: numbers + names + places)
  func areSaidBeforeAnythingIsDone(_ mistake: Mistake) async throws {
    let photos = try Photos()
    try FileManager.default.createDirectory(
      at: photos.folder.appending(path: "empty"), withIntermediateDirectories: true)
    try photos.put(Photos.picture("gray.jpg"), as: "one/grey/0.jpg")
    for index in 0..<2 { try photos.put(Photos.picture("gray.jpg"), as: "damaged/a/\(index).jpg") }
    for index in 0..<2 { try photos.put(Data("text".utf8), as: "damaged/b/\(index).jpg") }
    let before = try photos.names
    let run = try await CommandRun(
      mistake.arguments.split(separator: " ").map(String.init), in: photos.folder,
      environment: ["GRAFT_CACHE": photos.folder.appending(path: "cache").path])
    let status = try #require(run.status, "a signal ended it: \(run.output)")
    #expect(status != 0)
    for word in mistake.words { #expect(run.output.contains(word)) }
    #expect(!run.output.contains("Accuracy"), "it trained before it refused")
    #expect(try photos.names == before)
  }
}
