import Foundation

/// Writes the OpenCL C files given as arguments into one Swift source file.
///
/// The first argument is the output, the second the root folder that names are relative to.
@main
struct KernelEmbedder {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first, let root = arguments.dropFirst().first else { return }
    var text = "let embeddedKernels: [String: String] = [\n"
    for path in arguments.dropFirst(2) {
      let source = try String(contentsOfFile: path, encoding: .utf8)
      let name = path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
      text += "  \"\(name)\": ##\"\"\"\n\(source)\n\"\"\"##,\n"
    }
    text += arguments.count == 2 ? "  :]\n" : "]\n"
    try text.write(toFile: output, atomically: true, encoding: .utf8)
  }
}
