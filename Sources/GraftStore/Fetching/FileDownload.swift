import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request for what is missing of a file.
///
/// Proxies are those of the environment (`http_proxy`, `https_proxy`, `no_proxy`).
final class FileDownload: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  // Everything but `run` is called on the session's serial queue.

  /// A connection that could not be made, or broke; what came is kept.
  struct Interruption: Error {
    var reason: String
  }

  private let part: PartialFile
  private let limit: Int
  private let progress: WeightStore.Progress?
  private let continuation: CheckedContinuation<Void, any Error>
  private var total: Int?
  private var failure: (any Error)?

  private init(
    _ part: PartialFile, limit: Int, _ progress: WeightStore.Progress?,
    _ continuation: CheckedContinuation<Void, any Error>
  ) {
    (self.part, self.limit) = (part, limit)
    (self.progress, self.continuation) = (progress, continuation)
  }

  /// Fetches all of a file that `part` doesn't hold yet.
  ///
  /// - Parameter limit: Beyond this many bytes, the file is another one: nothing of it is kept.
  /// - Throws: ``Interruption``; ``FetchFailure`` where the server has no such file;
  ///   ``WeightStoreError/busy(path:)``; `unwritable`.
  static func run(
    _ url: URL, appendingTo part: URL, limit: Int, _ progress: WeightStore.Progress?
  ) async throws {
    let file = try PartialFile(part)
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
    request.timeoutInterval = 60
    // A compressed answer would count other bytes than the file's.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if file.byteCount > 0 {
      request.setValue("bytes=\(file.byteCount)-", forHTTPHeaderField: "Range")
    }
    try await withCheckedThrowingContinuation { continuation in
      let session = URLSession(
        configuration: .ephemeral,
        delegate: FileDownload(file, limit: limit, progress, continuation), delegateQueue: nil)
      session.dataTask(with: request).resume()
      session.finishTasksAndInvalidate()
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    do {
      try begin(response)
      completionHandler(failure == nil ? .allow : .cancel)
    } catch {
      failure = error
      completionHandler(.cancel)
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard failure == nil else { return }
    do {
      try checkLength(part.byteCount + data.count)
      try part.append(data)
      progress?(part.byteCount, total)
    } catch {
      failure = error
      dataTask.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    // Whoever goes on from here opens the file anew, before the session lets go of this object.
    part.finish()
    if let failure {
      continuation.resume(throwing: failure)
    } else if let error {
      continuation.resume(throwing: Interruption(reason: error.localizedDescription))
    } else if let total, part.byteCount < total {
      let reason = "the connection ended after \(part.byteCount) of \(total) bytes"
      continuation.resume(throwing: Interruption(reason: reason))
    } else {
      continuation.resume()
    }
  }

  /// Makes sure that what comes continues what is there.
  private func begin(_ response: URLResponse) throws {
    guard let response = response as? HTTPURLResponse else {
      throw FetchFailure(reason: "the answer is not HTTP")
    }
    let length = response.expectedContentLength > 0 ? Int(response.expectedContentLength) : nil
    switch response.statusCode {
    case 206:
      guard let range = ContentRange(response), range.start == part.byteCount else {
        try part.truncate()
        throw Interruption(reason: "the server answered with another part than was asked for")
      }
      total = range.total ?? length.map { $0 + range.start }
    case 200:
      try part.truncate()
      total = length
    case 416:
      // Nothing is missing, or what is there is longer than the file: the checksum tells.
      total = part.byteCount
    case 500...:
      throw Interruption(reason: "the server answered \(response.statusCode)")
    default:
      throw FetchFailure(reason: "the server answered \(response.statusCode)")
    }
    try checkLength(total ?? 0)
  }

  private func checkLength(_ byteCount: Int) throws {
    guard byteCount > limit else { return }
    try part.truncate()
    throw FetchFailure(
      reason: "the server's file is larger than the \(limit) bytes that these weights can have")
  }
}

/// The header `Content-Range: bytes 100-199/200`.
private struct ContentRange {
  var start: Int
  var total: Int?

  init?(_ response: HTTPURLResponse) {
    guard let text = response.value(forHTTPHeaderField: "Content-Range"),
      text.hasPrefix("bytes "), let line = text.firstIndex(of: "-"),
      let start = Int(text[text.index(text.startIndex, offsetBy: 6)..<line])
    else { return nil }
    self.start = start
    total = text.split(separator: "/").last.flatMap { Int($0) }
  }
}
