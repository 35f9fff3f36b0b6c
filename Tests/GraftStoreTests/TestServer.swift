import Foundation
import Synchronization

/// A small HTTP server on a free port of this machine that serves one answer after another.
final class TestServer: Sendable {
  /// How a request is answered.
  enum Answer: Sendable {
    /// The content from where the request asks, at most so many bytes of it, then the end of the
    /// connection.
    case content(Data, honoursRanges: Bool = true, cutAfter: Int = .max)
    case status(Int)
    /// The content from its beginning, said to be what the request asks for.
    case beginning(Data)
    /// So many zeros without saying how many.
    case unbounded(byteCount: Int)
  }

  struct Request: Sendable {
    var target: String
    /// The first byte asked for.
    var start: Int?
  }

  let port: UInt16
  private let listener: Int32
  private let answers: Mutex<[Answer]>
  private let seen = Mutex<[Request]>([])
  private let sent = Mutex(0)

  /// Serves the answers in order, the last one for ever.
  init(_ answers: Answer...) throws {
    self.answers = Mutex(answers)
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    listener = socket
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 16) == 0
          && getsockname(socket, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread { [self] in serve() }.start()
  }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  var requests: [Request] { seen.withLock { $0 } }

  /// The bytes of all answers so far.
  var sentByteCount: Int { sent.withLock { $0 } }

  func address(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else {
        close(listener)
        return
      }
      if let request = Self.read(connection) {
        seen.withLock { $0.append(request) }
        let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        send(answer, to: request, over: connection)
      }
      close(connection)
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let lines = text.components(separatedBy: "\r\n")
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    let start = range?.dropFirst("range: bytes=".count).split(separator: "-").first
    let target = lines[0].split(separator: " ")[1]
    return Request(target: String(target), start: start.flatMap { Int($0) })
  }

  private func send(_ answer: Answer, to request: Request, over connection: Int32) {
    var head: String
    var body = Data()
    var repeats = 1
    switch answer {
    case .unbounded(let byteCount):
      head = "HTTP/1.1 200 Status\r\n"
      body = Data(count: 1 << 16)
      repeats = byteCount >> 16
    case .status(let code): head = "HTTP/1.1 \(code) Status\r\nContent-Length: 0\r\n"
    case .beginning(let data):
      head = "HTTP/1.1 206 Status\r\nContent-Length: \(data.count)\r\n"
      head += "Content-Range: bytes 0-\(data.count - 1)/\(data.count)\r\n"
      body = data
    case .content(let data, let honoursRanges, let limit):
      let start = honoursRanges ? request.start ?? 0 : 0
      if start >= data.count {
        head =
          "HTTP/1.1 416 Status\r\nContent-Range: bytes */\(data.count)\r\nContent-Length: 0\r\n"
      } else {
        head = "HTTP/1.1 \(honoursRanges && request.start != nil ? 206 : 200) Status\r\n"
        head += "Content-Length: \(data.count - start)\r\n"
        if honoursRanges, request.start != nil {
          head += "Content-Range: bytes \(start)-\(data.count - 1)/\(data.count)\r\n"
        }
        body = data[start...].prefix(limit)
      }
    }
    guard send([UInt8]((head + "Connection: close\r\n\r\n").utf8), over: connection) else { return }
    let bytes = [UInt8](body)
    for _ in 0..<repeats where !send(bytes, over: connection) { return }
  }

  /// Whether the other side took all of it.
  private func send(_ bytes: [UInt8], over connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.prefix(1 << 16).withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent.withLock { $0 += count }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
