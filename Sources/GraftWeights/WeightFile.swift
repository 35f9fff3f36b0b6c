import Foundation
import GraftGraph

/// An opened weight file of any format that Graft reads.
///
/// The format is recognized by the content, never by the name. Opening reads names, shapes and
/// places; the elements of a tensor are read when it is loaded. Every size is checked against the
/// file that is there, and nothing that a file says is ever executed.
public struct WeightFile: Sendable {
  public let url: URL
  public let format: WeightFormat
  /// The tensors, ordered by name; names are unique. Those in a dictionary of a checkpoint are named
  /// after it: `state_dict.conv1.weight`.
  public let tensors: [StoredTensor]
  /// What else the file says about itself, such as `format` or `epoch`.
  public let metadata: [String: String]
  /// What a user should know of how it was read: sentences on what was chosen, made or left out.
  public let notes: [String]
  /// The nodes of a network, in formats that hold one.
  let network: [ONNXStep]?
  /// The height and width of the images that the network was exported for, where the file says.
  package let imageSize: Extent2D?
  /// All of the file.
  let bytes: ByteView
  private let positions: [String: Int]

  /// Opens and examines a file.
  ///
  /// - Throws: `WeightFileError`.
  public init(contentsOf url: URL) throws {
    let bytes = ByteView(try ByteStorage(mapping: url))
    format = try WeightFormat(recognizing: bytes)
    self.url = url
    let content = try format.read(bytes)
    tensors = content.tensors.sorted { $0.name < $1.name }
    metadata = content.metadata
    notes = content.notes
    (network, imageSize) = (content.network, content.imageSize)
    self.bytes = bytes
    positions = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    if positions.count != tensors.count {
      let twice = zip(tensors, tensors.dropFirst()).first { $0.name == $1.name }
      throw bytes.malformed("two tensors are named \(twice?.0.name ?? "alike")")
    }
  }

  private init(_ file: WeightFile, _ tensors: [StoredTensor], notes: [String]) {
    (url, format, metadata) = (file.url, file.format, file.metadata)
    (network, imageSize, bytes) = (file.network, file.imageSize, file.bytes)
    self.tensors = tensors.sorted { $0.name < $1.name }
    self.notes = notes
    positions = Dictionary(
      self.tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The same file with other tensors, of unique names.
  func replacing(_ tensors: [StoredTensor], notes: [String]) -> WeightFile {
    WeightFile(self, tensors, notes: notes)
  }

  /// The tensor of this name, if the file has it.
  public subscript(name: String) -> StoredTensor? { positions[name].map { tensors[$0] } }
}

/// What a reader finds in a file.
struct WeightFileContent {
  var tensors: [StoredTensor] = []
  var metadata: [String: String] = [:]
  var notes: [String] = []
  /// The nodes of a network, where the format holds one.
  var network: [ONNXStep]?
  /// The height and width of its images.
  var imageSize: Extent2D?
}
