/// All datasets of an HDF5 file with their paths, and the texts that groups are labelled with.
struct HDF5Tree {
  private static let greatestObjectCount = 1 << 16
  private static let greatestPathByteCount = 1024

  private(set) var tensors: [StoredTensor] = []
  /// Attributes that are one text, by the path of their group (empty for the root).
  private(set) var attributes: [String: [String: String]] = [:]

  /// Visits every group once, without recursion.
  init(_ file: HDF5File) throws {
    var visited: Set<Int> = []
    // A dataset that several links lead to is read once.
    var known: [Int: StoredTensor] = [:]
    var objectCount = 0
    var pending = [(path: "", address: file.root)]
    while let (path, address) = pending.popLast() {
      objectCount += 1
      guard objectCount <= Self.greatestObjectCount, path.utf8.count <= Self.greatestPathByteCount
      else {
        throw file.bytes.unsupported("has more HDF5 objects, or deeper ones, than any model")
      }
      if let tensor = known[address] {
        tensors.append(tensor.renamed(path))
        continue
      }
      guard !visited.contains(address) else { continue }
      let object = try HDF5Object(at: address, in: file)
      if let group = try HDF5Group(object) {
        visited.insert(address)
        let texts = try object.attributes().compactMap { attribute in
          attribute.text.map { (attribute.name, $0) }
        }
        attributes[path] = Dictionary(texts, uniquingKeysWith: { first, _ in first })
        let prefix = path.isEmpty ? "" : path + "/"
        pending += group.members.map { (prefix + $0.name, $0.address) }
        guard pending.count <= Self.greatestObjectCount else {
          throw file.bytes.unsupported("has more HDF5 objects than any model")
        }
      } else if let tensor = try HDF5Dataset(object)?.tensor(named: path) {
        tensors.append(tensor)
        known[address] = tensor
      } else {
        visited.insert(address)
      }
    }
  }
}
