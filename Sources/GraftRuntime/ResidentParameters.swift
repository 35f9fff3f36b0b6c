import GraftGraph

/// The parameters that live on the device because runs change them.
final class ResidentParameters<D: Device> {
  private let device: D
  private let parameters: ParameterStore
  private var slices: [ParameterPath: BufferSlice<D.Buffer>] = [:]
  private var shapes: [ParameterPath: Shape] = [:]
  private var changed: Set<ParameterPath> = []

  init(device: D, parameters: ParameterStore) {
    self.device = device
    self.parameters = parameters
  }

  /// The place of a parameter, uploaded now if it isn't on the device yet.
  func slice(for parameter: Parameter) throws -> BufferSlice<D.Buffer> {
    if let slice = slices[parameter.path] { return slice }
    let values = try parameters.values(at: parameter.path)
    let type = parameter.type
    guard values.count == type.shape.count else {
      throw ParameterError.wrongCount(
        parameter.path, expected: type.shape.count, found: values.count)
    }
    let slice = BufferSlice(
      try device.makeBuffer(byteCount: type.byteCount), byteOffset: 0, byteCount: type.byteCount)
    try values.withUnsafeBytes { try device.write($0, to: slice) }
    slices[parameter.path] = slice
    shapes[parameter.path] = type.shape
    return slice
  }

  /// Notes that a run changed these parameters.
  func markChanged(_ paths: [ParameterPath]) { changed.formUnion(paths) }

  /// Copies changed parameters back to the host.
  func download() throws {
    try device.synchronize()
    for path in changed.sorted() {
      guard let slice = slices[path], let shape = shapes[path] else { continue }
      var values = [Float](repeating: 0, count: slice.byteCount / MemoryLayout<Float>.stride)
      try values.withUnsafeMutableBytes { try device.read(slice, into: $0) }
      parameters.set(path, shape: shape, to: values)
    }
    changed.removeAll()
  }

  /// Copies changed parameters back and forgets all places; executables keep theirs.
  func evict() throws {
    try download()
    slices.removeAll()
  }
}
