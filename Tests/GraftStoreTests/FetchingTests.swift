import Foundation
import GraftModels
import GraftStore
import Synchronization
import Testing

@Suite("Fetching weights")
struct FetchingTests {
  private let content = StoreFixture.content

  /// The text of the error that fetching ends with.
  private func refusal(_ weights: PublishedWeights, _ store: WeightStore) async throws -> String {
    let error = await #expect(throws: WeightStoreError.self) { try await store.fetch(weights) }
    return try #require(error).description
  }

  @Test func aFileIsFetchedOnce() async throws {
    let server = try TestServer(.content(content))
    defer { server.stop() }
    let fixture = StoreFixture()
    let weights = StoreFixture.weights(at: server.address("/models/a.pth"))
    let reports = Mutex<[(Int, Int?)]>([])
    let url = try await fixture.store.fetch(weights) { received, total in
      reports.withLock { $0.append((received, total)) }
    }
    #expect(try Data(contentsOf: url) == content)
    #expect(try fixture.names == ["resnet18-test.pth"])
    let last = try #require(reports.withLock { $0.last })
    #expect(last == (content.count, content.count))
    #expect(try await fixture.store.fetch(weights) == url)
    #expect(server.requests.count == 1)
  }

  @Test func aBrokenConnectionIsTakenUpWhereItBroke() async throws {
    let server = try TestServer(
      .content(content, cutAfter: 100_000), .content(content, cutAfter: 50_000), .content(content))
    defer { server.stop() }
    let fixture = StoreFixture()
    let url = try await fixture.store.fetch(StoreFixture.weights(at: server.address("/a")))
    #expect(try Data(contentsOf: url) == content)
    #expect(server.requests.map(\.start) == [nil, 100_000, 150_000])
  }

  @Test func whatAnEarlierRunLeftIsContinued() async throws {
    let server = try TestServer(.content(content))
    defer { server.stop() }
    let fixture = StoreFixture()
    try fixture.put(content.prefix(1234), as: "resnet18-test.pth.part")
    let url = try await fixture.store.fetch(StoreFixture.weights(at: server.address("/a")))
    #expect(try Data(contentsOf: url) == content)
    #expect(server.requests.map(\.start) == [1234])
  }

  @Test func aServerThatKnowsNoRangesSendsAll() async throws {
    let server = try TestServer(.content(content, honoursRanges: false))
    defer { server.stop() }
    let fixture = StoreFixture()
    try fixture.put(content.prefix(1234), as: "resnet18-test.pth.part")
    let url = try await fixture.store.fetch(StoreFixture.weights(at: server.address("/a")))
    #expect(try Data(contentsOf: url) == content)
  }

  /// What comes in place of the part that was asked for is not put behind what is there.
  @Test func anotherPartIsNotTaken() async throws {
    let server = try TestServer(.beginning(content), .content(content))
    defer { server.stop() }
    let fixture = StoreFixture()
    try fixture.put(content.prefix(1234), as: "resnet18-test.pth.part")
    let weights = StoreFixture.weights(at: server.address("/a"))
    let text = try await refusal(weights, fixture.store)
    #expect(text.contains("the server answered with another part than was asked for"))
    #expect(try Data(contentsOf: await fixture.store.fetch(weights)) == content)
    #expect(server.requests.map(\.start) == [1234, nil])
  }

  @Test func aBeginningOfAnotherFileIsFetchedAnew() async throws {
    let server = try TestServer(.content(content))
    defer { server.stop() }
    for length in [5000, content.count, content.count + 5] {
      let fixture = StoreFixture()
      try fixture.put(Data(repeating: 1, count: length), as: "resnet18-test.pth.part")
      let url = try await fixture.store.fetch(StoreFixture.weights(at: server.address("/a")))
      #expect(try Data(contentsOf: url) == content)
    }
  }

  @Test func aWrongFileIsRefusedAndLeavesNothing() async throws {
    let server = try TestServer(.content(content.dropLast() + [0]))
    defer { server.stop() }
    for checksum in [
      PublishedWeights.Checksum.sha256(String(StoreFixture.sha256.prefix(8))),
      .md5(StoreFixture.md5),
    ] {
      let fixture = StoreFixture()
      let weights = StoreFixture.weights(at: server.address("/a"), checksum: checksum)
      let text = try await refusal(weights, fixture.store)
      #expect(text.contains("\(checksum.digits)"))
      #expect(text.contains("is expected"))
      #expect(try fixture.names.isEmpty)
    }
  }

  /// A server, or whoever stands between, may send without end.
  @Test func nothingIsTakenBeyondThePublishedSize() async throws {
    // It sends on until the connection ends.
    let server = try TestServer(.unbounded(byteCount: 4_000_000_000))
    defer { server.stop() }
    let fixture = StoreFixture()
    let text = try await refusal(StoreFixture.weights(at: server.address("/a")), fixture.store)
    #expect(text.contains("larger than"))
    #expect(server.sentByteCount < 4_000_000_000)
    #expect(try fixture.names.isEmpty)
  }

  @Test func aLongerFileIsNotBegun() async throws {
    let server = try TestServer(.content(Data(count: 8_000_000)))
    defer { server.stop() }
    let fixture = StoreFixture()
    try fixture.put(content.prefix(1000), as: "resnet18-test.pth.part")
    let text = try await refusal(StoreFixture.weights(at: server.address("/a")), fixture.store)
    #expect(text.contains("larger than"))
    #expect(try fixture.names.isEmpty)
  }

  @Test func aMissingFileSaysWhatToPutWhere() async throws {
    let server = try TestServer(.status(404))
    defer { server.stop() }
    let fixture = StoreFixture()
    let address = server.address("/models/a.pth")
    let text = try await refusal(StoreFixture.weights(at: address), fixture.store)
    #expect(text.contains("the server answered 404"))
    #expect(text.contains("resnet18-test.pth (about 3.2 MiB)"))
    #expect(text.contains("fetch \(address)"))
    #expect(text.contains(fixture.store.folder.appending(path: "resnet18-test.pth").path))
    #expect(text.contains("graft weights add"))
    #expect(try fixture.names.isEmpty)
  }

  @Test func aServerThatIsDownIsNamed() async throws {
    let server = try TestServer(.status(404))
    let address = server.address("/a")
    server.stop()
    let fixture = StoreFixture()
    let text = try await refusal(StoreFixture.weights(at: address), fixture.store)
    #expect(text.contains("\(address): "))
    #expect(text.contains("can't be fetched"))
    #expect(try fixture.names.isEmpty)
  }

  @Test func aConnectionThatBreaksAtOnceIsNotTriedForEver() async throws {
    let server = try TestServer(.content(content, cutAfter: 0))
    defer { server.stop() }
    let fixture = StoreFixture()
    _ = try await refusal(StoreFixture.weights(at: server.address("/a")), fixture.store)
    #expect(server.requests.count == 1)
  }

  @Test func theNextOriginIsTried() async throws {
    let (first, second) = (try TestServer(.status(503)), try TestServer(.content(content)))
    defer {
      first.stop()
      second.stop()
    }
    let fixture = StoreFixture()
    let weights = StoreFixture.weights(at: first.address("/a"), second.address("/b"))
    #expect(try Data(contentsOf: await fixture.store.fetch(weights)) == content)
  }

  @Test func offlineNothingIsAskedFor() async throws {
    let server = try TestServer(.content(content))
    defer { server.stop() }
    let fixture = StoreFixture(isOffline: true)
    let weights = StoreFixture.weights(at: server.address("/a"))
    #expect(try await refusal(weights, fixture.store).contains("working offline"))
    #expect(server.requests.isEmpty)
    try fixture.put(content, as: weights.fileName)
    #expect(try await fixture.store.fetch(weights) == fixture.store.place(of: weights))
  }

  @Test func aMirrorTakesThePlaceOfTheHost() async throws {
    let server = try TestServer(.content(content))
    defer { server.stop() }
    let fixture = StoreFixture(mirror: server.address("/mirror/"))
    let weights = StoreFixture.weights(at: "https://weights.invalid/models/a.pth")
    #expect(try Data(contentsOf: await fixture.store.fetch(weights)) == content)
    #expect(server.requests.map(\.target) == ["/mirror/models/a.pth"])
  }

  @Test func aDamagedFileOfTheStoreIsFetchedAnew() async throws {
    let server = try TestServer(.content(content))
    defer { server.stop() }
    let fixture = StoreFixture()
    let weights = StoreFixture.weights(at: server.address("/a"))
    try fixture.put(content.dropLast(), as: weights.fileName)
    #expect(throws: WeightStoreError.self) { try fixture.store.verify(weights) }
    #expect(try Data(contentsOf: await fixture.store.fetch(weights)) == content)
    try fixture.store.verify(weights)
  }
}
