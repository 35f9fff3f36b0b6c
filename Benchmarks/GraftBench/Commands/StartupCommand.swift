import ArgumentParser
import Foundation
import Graft

/// How long it takes from the start of `graft predict` to its end.
struct StartupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "startup",
    abstract: "The time of a whole `graft predict` process, files and programs being cached.")

  @Option(help: "The network of a made-up bundle.")
  var backbone = "resnet50"

  @Option(help: "A bundle, in place of the made-up one.")
  var bundle: String?

  @Option(help: "A photo, in place of a made-up one of 500 × 375 pixels.")
  var photo: String?

  @Option(help: "Where to run: cpu, opencl or opencl:N.")
  var device = DeviceChoice.cpu

  @Option(help: "The executable; by default the one beside this one.")
  var graft: String?

  @Option(help: "How many runs to time, after one that isn't.")
  var runs = 10

  @Flag(help: "Print one JSON object as the last line.")
  var json = false

  private struct Result: Encodable {
    var backbone: String
    var device: String
    var milliseconds: Double
    var timesMilliseconds: [Double]
  }

  func validate() throws {
    guard runs > 0 else { throw ValidationError("--runs must be at least 1") }
  }

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "graft-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let arguments = [
      "predict", try bundle ?? makeBundle(in: folder), try photo ?? makePhoto(in: folder),
      "--device", device.description,
    ]
    let executable =
      graft.map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "graft")
    let times = try (0...runs).map { _ in try time(executable, arguments) }.dropFirst()
    let spread = Spread(Array(times))
    print(
      "graft predict, \(bundle ?? backbone) on \(device): "
        + "\(Format.milliseconds(spread.median)) ms "
        + "(\(Format.milliseconds(spread.lowest)) to \(Format.milliseconds(spread.highest)))")
    guard json else { return }
    print(
      try Format.json(
        Result(
          backbone: backbone, device: device.description, milliseconds: spread.median * 1000,
          timesMilliseconds: times.map { $0 * 1000 })))
  }

  private func makeBundle(in folder: URL) throws -> String {
    let network = try Backbone.named(backbone)
    let model = Model(classNames: (0..<10).map { "class \($0)" }) {
      network
      GlobalAveragePooling()
      Dense(10)
    }
    let url = folder.appending(path: "model")
    try Learner(model, device: CPUDevice()).save(to: url)
    return url.path
  }

  private func makePhoto(in folder: URL) throws -> String {
    let url = folder.appending(path: "photo.jpg")
    try SyntheticPhoto.jpegData(width: 500, height: 375, seed: 0).write(to: url)
    return url.path
  }

  private func time(_ executable: URL, _ arguments: [String]) throws -> Double {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    let duration = try seconds {
      try process.run()
      process.waitUntilExit()
    }
    guard process.terminationStatus == 0 else {
      throw StartupError(command: ([executable.path] + arguments).joined(separator: " "))
    }
    return duration
  }
}

/// The measured program failed.
struct StartupError: Error, CustomStringConvertible {
  let command: String

  var description: String { "'\(command)' failed; build it with -c release, or see --graft" }
}
