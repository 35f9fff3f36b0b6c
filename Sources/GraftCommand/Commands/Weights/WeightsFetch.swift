import ArgumentParser
import Foundation
import Graft

struct WeightsFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Fetch weights, unless they are here, and verify them.")

  @Argument(help: "The weights: resnet50, resnet50:torchvision-v1.")
  var names: [String]

  @Flag(help: "Fetch nothing: verify what is here, or say what is missing.")
  var offline = false

  func run() async throws {
    let store = WeightStore(isOffline: offline)
    let terminal = Terminal()
    for weights in try names.map({ try PublishedWeights.named($0) }) {
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
    let chosen =
      names.isEmpty
      ? PublishedWeights.all.filter(store.holds) : try names.map { try PublishedWeights.named($0) }
    var failureCount = 0
    for weights in chosen {
      do {
        try store.verify(weights)
        Terminal.show("\(weights.name): sound")
      } catch {
        failureCount += 1
        Terminal.show("\(weights.name): \(error)")
      }
    }
    if chosen.isEmpty { Terminal.show("no weights are in \(store.folder.path)") }
    if failureCount > 0 { throw ExitCode.failure }
  }
}
