import Foundation
import GraftStore
import Testing

/// The environment belongs to the whole process, so everything here is in one test.
@Suite("Proxies")
struct ProxyTests {
  @Test func theProxyOfTheEnvironmentIsUsed() async throws {
    let proxy = try TestServer(.content(StoreFixture.content))
    defer { proxy.stop() }
    // Other tests fetch from this machine only.
    setenv("no_proxy", "127.0.0.1", 1)
    setenv("http_proxy", proxy.address(""), 1)
    defer {
      unsetenv("http_proxy")
      unsetenv("no_proxy")
    }
    let fixture = StoreFixture()
    let address = "http://weights.invalid/models/a.pth"
    let url = try await fixture.store.fetch(StoreFixture.weights(at: address))
    #expect(try Data(contentsOf: url) == StoreFixture.content)
    #expect(proxy.requests.map(\.target) == [address])
  }
}
