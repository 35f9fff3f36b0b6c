import Foundation

/// A format of weight files.
public enum WeightFormat: String, Hashable, Sendable, CaseIterable {
  /// A JSON header and raw tensors (Hugging Face).
  case safetensors
  /// A zip archive with a pickle and raw storages, as `torch.save` writes since 1.6.
  case pyTorchZip
  /// A stack of pickles and raw storages, as `torch.save` wrote before 1.6.
  case pyTorchLegacy
  /// One NumPy array.
  case npy
  /// A zip archive of NumPy arrays.
  case npz
  /// HDF5, as Keras writes it: `.h5` of Keras 1 and 2, `.weights.h5` of Keras 3.
  case hdf5
  /// A zip archive around HDF5, as Keras 3 writes whole models (`.keras`).
  case keras
  /// A network of ONNX, of which the initializers are read.
  case onnx

  /// Recognizes a format by the first bytes and, for archives, by their entries.
  init(recognizing bytes: ByteView) throws {
    if bytes.hasBytes([0x50, 0x4B, 0x03, 0x04]) || bytes.hasBytes([0x50, 0x4B, 0x05, 0x06]) {
      self = try Self.ofArchive(ZipArchive(bytes))
    } else if NumPyReader.recognizes(bytes) {
      self = .npy
    } else if PyTorchLegacyReader.recognizes(bytes) {
      self = .pyTorchLegacy
    } else if SafetensorsReader.recognizes(bytes) {
      self = .safetensors
    } else if HDF5File.recognizes(bytes) {
      self = .hdf5
    } else if ONNXReader.recognizes(bytes) {
      self = .onnx
    } else {
      throw WeightFileError(
        file: bytes.storage.file, problem: .unknownFormat, explanation: Self.refusal(of: bytes))
    }
  }

  func read(_ bytes: ByteView) throws -> WeightFileContent {
    switch self {
    case .safetensors: try SafetensorsReader.read(bytes)
    case .pyTorchZip: try PyTorchZipReader.read(ZipArchive(bytes))
    case .pyTorchLegacy: try PyTorchLegacyReader.read(bytes)
    case .npy: try NumPyReader.read(bytes)
    case .npz: try NumPyReader.read(ZipArchive(bytes))
    case .hdf5: try KerasReader.read(bytes)
    case .keras: try KerasReader.read(ZipArchive(bytes))
    case .onnx: try ONNXReader.read(bytes)
    }
  }

  private static func ofArchive(_ archive: ZipArchive) throws -> WeightFormat {
    let names = archive.entries.map(\.name)
    if names.contains(where: { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }) {
      return .pyTorchZip
    }
    if names.contains(KerasReader.archivedWeights) { return .keras }
    if !names.isEmpty, names.allSatisfy({ $0.hasSuffix(".npy") }) { return .npz }
    throw WeightFileError(
      file: archive.bytes.storage.file, problem: .unknownFormat,
      explanation: "is a zip archive, but not of PyTorch (no data.pkl), of Keras "
        + "(no \(KerasReader.archivedWeights)) or of NumPy (only .npy inside); unpack it if it holds a weight file"
    )
  }

  /// What the file seems to be, for the people who got a web page or a pointer instead of weights.
  private static func refusal(of bytes: ByteView) -> String {
    let readable =
      "Graft reads safetensors, PyTorch (.pth, .pt, .bin), Keras (.h5, .keras), ONNX and NumPy"
    func begins(_ text: String) -> Bool { bytes.hasBytes(Array(text.utf8)) }
    if begins("<") { return "is a web page or XML, not weights; the download went wrong" }
    if begins("version https://git-lfs") {
      return "is a Git LFS pointer, not the weights it stands for; fetch them with `git lfs pull`"
    }
    if bytes.hasBytes([0x1F, 0x8B]) { return "is compressed by gzip; unpack it first" }
    if bytes.hasBytes([0x80]) {
      return "is a Python pickle, but not one of torch.save; save the weights with torch.save"
    }
    return "is in no format that can be recognized; \(readable)"
  }
}
