import Foundation
import GraftModels
import GraftRuntime
import GraftStore
import Testing

@Suite("The store of weights")
struct StoreTests {
  @Test(arguments: [
    (["GRAFT_CACHE": "/a", "XDG_CACHE_HOME": "/b"], "/a/weights"),
    (["XDG_CACHE_HOME": "/b"], "/b/graft/weights"),
    (["GRAFT_CACHE": "", "XDG_CACHE_HOME": "relative"], "~/.cache/graft/weights"),
    ([:], "~/.cache/graft/weights"),
  ])
  func theFolderFollowsTheEnvironment(_ environment: [String: String], _ folder: String) {
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    let expected = folder.hasPrefix("~") ? home + folder.dropFirst() : folder
    #expect(WeightStore(environment: environment).folder.path == expected)
    // Programs and measurements lie beside the weights.
    let programs = CacheFolder.named("programs", environment: environment).path
    #expect(programs == expected.replacing("weights", with: "programs"))
  }

  @Test func aFileIsAddedByItsChecksum() throws {
    let outside = StoreFixture()
    try outside.put(StoreFixture.content, as: "renamed.bin")
    let file = outside.store.folder.appending(path: "renamed.bin")
    for checksum in [PublishedWeights.Checksum.sha256("d7"), .md5(StoreFixture.md5)] {
      let fixture = StoreFixture()
      var weights = StoreFixture.weights(at: "http://weights.invalid/a", checksum: checksum)
      if case .sha256 = checksum { weights.checksum = .sha256(StoreFixture.sha256) }
      #expect(try fixture.store.add(file, of: [weights]) == weights)
      #expect(try fixture.names == [weights.fileName])
      try fixture.store.verify(weights)
      // Adding what is there already changes nothing.
      #expect(try fixture.store.add(fixture.store.place(of: weights), of: [weights]) == weights)
    }
  }

  @Test func anUnknownFileIsNotAdded() throws {
    let fixture = StoreFixture()
    try fixture.put(Data([1, 2, 3]), as: "other.pth")
    let file = fixture.store.folder.appending(path: "other.pth")
    let error = #expect(throws: WeightStoreError.self) { try fixture.store.add(file) }
    #expect(try #require(error).description.contains("--weights FILE"))
    #expect(try fixture.names == ["other.pth"])
  }

  @Test func everyEntryOfTheCatalogueIsSound() throws {
    var (names, files) = (Set<String>(), Set<String>())
    for weights in PublishedWeights.all {
      let backbone = try Backbone.named(weights.backbone)
      #expect(backbone.variants.contains { $0.source == weights.source }, "\(weights.name)")
      #expect(names.insert(weights.name).inserted, "\(weights.name) is listed twice")
      #expect(files.insert(weights.fileName).inserted, "\(weights.fileName) is listed twice")
      #expect(!weights.origins.isEmpty && !weights.licence.isEmpty)
      let digits = weights.checksum.digits
      #expect(digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }, "\(weights.name): \(digits)")
      switch weights.checksum {
      case .sha256: #expect([8, 64].contains(digits.count), "\(weights.name): \(digits)")
      case .md5: #expect(digits.count == 32, "\(weights.name): \(digits)")
      }
      #expect(try PublishedWeights.named(weights.name) == weights)
    }
    #expect(ImageNetClasses.names.count == 1000)
    #expect(Set(ImageNetClasses.names).count > 995)
    #expect(ImageNetClasses.names[0] == "tench" && ImageNetClasses.names[999] == "toilet tissue")
  }

  /// What bounds the files whose size no project says would do for those whose size is said.
  @Test func valuesBoundTheSizesOfFiles() throws {
    for weights in PublishedWeights.all {
      var unsaid = weights
      unsaid.approximateByteCount = nil
      let limit = try unsaid.greatestByteCount
      guard let size = weights.approximateByteCount else { continue }
      #expect(size < limit && limit < 4 * size + 64_000_000, "\(weights.name): \(size), \(limit)")
      #expect(try size < weights.greatestByteCount)
    }
  }

  @Test func unknownTagsNameTheKnownOnes() throws {
    let error = #expect(throws: ModelError.self) { try PublishedWeights.named("resnet18:v9") }
    #expect(try #require(error).description.contains("torchvision-v1"))
    #expect(throws: ModelError.self) { try PublishedWeights.named("resnet") }
  }

  @Test func weightsWithoutAClassifierAreNotGivenOne() async throws {
    let fixture = StoreFixture(isOffline: true)
    await #expect(throws: WeightStoreError.self) {
      try await Backbone.vgg16(
        weights: .published("keras-notop"), includesTop: true, store: fixture.store)
    }
  }
}

@Suite("Checksums")
struct ChecksumTests {
  /// Lengths around a block of 64 bytes, all the same; the digests are those of Python's hashlib.
  @Test(arguments: [
    (
      0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "d41d8cd98f00b204e9800998ecf8427e"
    ),
    (
      1, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      "0cc175b9c0f1b6a831c399e269772661"
    ),
    (
      55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
      "ef1772b6dff9a122358552954ad0df65"
    ),
    (
      56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
      "3b0c8ac703f828b04c6c197006d17218"
    ),
    (
      63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34",
      "b06521f39153d618550606be297466d5"
    ),
    (
      64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
      "014842d480b571495a4a0363793f7367"
    ),
    (
      65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
      "c743a45e0d2e6a95cb859adae0248435"
    ),
    (
      119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb",
      "8a7bd0732ed6a28ce75f6dabc90e1613"
    ),
    (
      120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c",
      "5f61c0ccad4cac44c75ff505e1f1e537"
    ),
    (
      1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
      "7707d6ae4e027c70eea2a935c2296f21"
    ),
  ])
  func digestsEqualTheReferences(_ length: Int, _ sha256: String, _ md5: String) throws {
    let fixture = StoreFixture()
    try fixture.put(Data(repeating: UInt8(ascii: "a"), count: length), as: "file")
    let file = fixture.store.folder.appending(path: "file")
    #expect(try PublishedWeights.Checksum.sha256("").found(in: file) == sha256)
    #expect(try PublishedWeights.Checksum.md5("").found(in: file) == md5)
  }
}
