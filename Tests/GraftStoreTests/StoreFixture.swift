import Foundation
import GraftModels
import GraftStore

/// A store in a folder of its own, and weights that only a test publishes.
struct StoreFixture: ~Copyable {
  let store: WeightStore

  init(mirror: String? = nil, isOffline: Bool = false) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
    store = WeightStore(folder: folder, mirror: mirror, isOffline: isOffline)
  }

  deinit { try? FileManager.default.removeItem(at: store.folder) }

  /// 300,000 bytes, none like its neighbours.
  static let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ ($0 >> 8)) })
  /// What `sha256sum` and `md5sum` say of them.
  static let sha256 = "d08928a168952dcd1f23061570816ee3b9d5c5c01ec65e00adbda68d328f4dbb"
  static let md5 = "07ce78c6751154bf7d8b781cad7a1c83"

  static func weights(
    at addresses: String..., checksum: PublishedWeights.Checksum = .sha256(sha256)
  ) -> PublishedWeights {
    PublishedWeights(
      backbone: "resnet18", tag: "test", source: .torchvision, fileName: "resnet18-test.pth",
      origins: addresses.map { .url($0) }, checksum: checksum, approximateByteCount: 3_355_443,
      licence: "none")
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: store.folder.path).sorted() }
  }

  func put(_ data: Data, as name: String) throws {
    try FileManager.default.createDirectory(at: store.folder, withIntermediateDirectories: true)
    try data.write(to: store.folder.appending(path: name))
  }
}
