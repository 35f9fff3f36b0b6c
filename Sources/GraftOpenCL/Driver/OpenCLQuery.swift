import COpenCL

/// The value of a fixed size that a `clGet...Info` call reports.
///
/// - Parameter read: Calls the function with (size, target) and returns its status.
func queryValue<Value: BitwiseCopyable>(
  _ name: String, initial: Value, _ read: (Int, UnsafeMutableRawPointer) -> Int32
) throws(OpenCLError) -> Value {
  var value = initial
  let status = withUnsafeMutablePointer(to: &value) { read(MemoryLayout<Value>.size, $0) }
  try check(status, name)
  return value
}

/// The text that a `clGet...Info` call reports.
///
/// - Parameter read: Calls the function with (size, target, actual size) and returns its status.
func queryText(
  _ name: String,
  _ read: (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Int32
) throws(OpenCLError) -> String {
  var byteCount = 0
  try check(read(0, nil, &byteCount), name)
  var bytes = [UInt8](repeating: 0, count: byteCount)
  try check(bytes.withUnsafeMutableBytes { read(byteCount, $0.baseAddress, nil) }, name)
  let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  return text.trimmingWhitespace()
}

extension String {
  /// The text without white space at its ends; drivers pad names with it.
  func trimmingWhitespace() -> String {
    let start = drop(while: \.isWhitespace)
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}
