import Crypto
public import Foundation
public import GraftModels

extension PublishedWeights.Checksum {
  /// Whether a file is the one meant.
  ///
  /// - Throws: ``WeightStoreError/unreadable(path:reason:)``.
  func matches(_ file: URL) throws -> Bool { try found(in: file).hasPrefix(digits) }

  /// The digest of a file by this checksum's method, in hexadecimal digits.
  ///
  /// - Throws: ``WeightStoreError/unreadable(path:reason:)``.
  public func found(in file: URL) throws -> String {
    switch self {
    case .sha256: try Self.digest(of: file, by: SHA256.self)
    case .md5: try Self.digest(of: file, by: Insecure.MD5.self)
    }
  }

  /// The digits that the project publishes.
  public var digits: String {
    switch self {
    case .sha256(let digits), .md5(let digits): digits
    }
  }

  /// The name of the method.
  public var method: String {
    switch self {
    case .sha256: "SHA-256"
    case .md5: "MD5"
    }
  }

  private static func digest<Function: HashFunction>(
    of file: URL, by: Function.Type
  ) throws -> String {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(file) }
    defer { close(descriptor) }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    var digest = Function()
    while true {
      let count = read(descriptor, piece.baseAddress, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(file) }
      if count == 0 { return digest.finalize().map(hexadecimal).joined() }
      digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func failure(_ file: URL) -> WeightStoreError {
    .unreadable(path: file.path, reason: String(cString: strerror(errno)))
  }
}
