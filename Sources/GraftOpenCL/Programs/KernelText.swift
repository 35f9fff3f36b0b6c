import GraftRandom
import Kernels

/// The text of an embedded kernel file with every `#include "..."` replaced by the file it names.
///
/// OpenCL C has no files on the device's side, and drivers differ in how they search for them.
struct KernelText {
  private var included: Set<String> = []

  /// Changes with the text of any kernel.
  static var version: String {
    let bytes = kernelNames.lazy.flatMap { "\($0)\u{0}\(kernelSource($0) ?? "")\u{0}".utf8 }
    return String(stableHash(of: bytes), radix: 16)
  }

  /// - Throws: `OpenCLError.missingKernelFile` where a name is not embedded.
  static func assembled(from file: String) throws(OpenCLError) -> String {
    var assembler = KernelText()
    return try assembler.expand(file, includedFrom: nil)
  }

  // A file is taken in once, as if it began with `#pragma once`.
  private mutating func expand(
    _ file: String, includedFrom origin: String?
  ) throws(OpenCLError) -> String {
    guard included.insert(file).inserted else { return "" }
    guard let text = kernelSource(file) else {
      throw .missingKernelFile(name: file, includedFrom: origin)
    }
    var result = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#include \"") {
        let name = line.split(separator: "\"")[1]
        result += try expand(String(name), includedFrom: file)
      } else {
        result += line + "\n"
      }
    }
    return result
  }
}
