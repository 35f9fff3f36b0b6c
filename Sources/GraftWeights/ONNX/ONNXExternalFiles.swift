import Foundation

/// The files beside a network in ONNX that hold its tensors, each mapped once.
///
/// A network names them itself, so it is not believed: only files in its own folder or below are
/// opened, by relative paths without `..`, and links must not lead out of it.
final class ONNXExternalFiles {
  private let network: ByteView
  private var opened: [String: ByteView] = [:]

  /// More than any exporter writes: one for each large tensor.
  private static let greatestFileCount = 1 << 12
  private static let greatestNameByteCount = 1 << 10

  init(of network: ByteView) { self.network = network }

  /// The bytes of a tensor.
  ///
  /// - Parameters:
  ///   - entries: The tensor's field `external_data`: pairs of texts.
  ///   - byteCount: What the tensor takes by its extents.
  func bytes(_ entries: [ByteView], byteCount: Int, of name: String) throws -> ByteView {
    var values: [String: String] = [:]
    for entry in entries.prefix(16) {
      let pair = try ProtobufMessage(entry, atMost: 16)
      if let key = try pair.text(1), let value = try pair.text(2) { values[key] = value }
    }
    guard let location = values["location"] else {
      throw network.malformed("tensor \(name) should be in another file, but names none")
    }
    let (offset, length) = (values["offset"].map { Int($0) }, values["length"].map { Int($0) })
    guard let offset = offset ?? 0, let length = length ?? byteCount, length == byteCount else {
      throw network.malformed(
        "tensor \(name) takes \(byteCount) bytes, but \(values["length"] ?? "other") of "
          + "\(location) from \(values["offset"] ?? "0") on are named; export the network again")
    }
    return try file(location, name).slice(at: offset, count: length, "tensor \(name)")
  }

  private func file(_ location: String, _ name: String) throws -> ByteView {
    if let bytes = opened[location] { return bytes }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard location.utf8.count <= Self.greatestNameByteCount,
      parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !location.contains("\0")
    else { throw refusal(location, name) }
    let path = network.storage.file
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let url = URL(fileURLWithPath: (folder.isEmpty ? "/" : folder) + "/" + location)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw WeightFileError(
        file: path, problem: .inaccessible,
        explanation: "keeps its tensors in \(location), which is not beside it: put both into one "
          + "folder under the names they were written by")
    }
    guard let target = Self.resolved(url.path), isBeside(target) else {
      throw refusal(location, name)
    }
    guard opened.count < Self.greatestFileCount else {
      throw network.unsupported("keeps its tensors in more files than any network")
    }
    let bytes = ByteView(try ByteStorage(mapping: URL(fileURLWithPath: target)))
    opened[location] = bytes
    return bytes
  }

  /// Whether a file lies below the folder of the network, or of the file that the network is a link to.
  private func isBeside(_ target: String) -> Bool {
    let path = network.storage.file
    let given = (path.lastIndex(of: "/").map { String(path[...$0]) }) ?? "./"
    let real = Self.resolved(path).flatMap { path in
      path.lastIndex(of: "/").map { String(path[...$0]) }
    }
    return [Self.resolved(given), real].compactMap { $0 }.contains { folder in
      target.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }
  }

  /// A path without links.
  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private func refusal(_ location: String, _ name: String) -> WeightFileError {
    network.unsupported(
      "keeps tensor \(name) at \(location), outside of its folder, where Graft opens nothing; save the "
        + "network with its weights inside (onnx.save_model(model, path, save_as_external_data=False))"
    )
  }
}
