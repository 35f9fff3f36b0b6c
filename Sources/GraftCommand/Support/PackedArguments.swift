/// Long lists of paths among the arguments, each as one argument while these are parsed.
///
/// Swift's argument parser takes time in the square of their number: 15 s for 20,000. No path holds a
/// zero byte, so one stands between the paths of a list.
enum PackedArguments {
  private static let separator: UInt8 = 0
  /// Commands that take any number of paths.
  private static let commands: Set<String> = ["predict", "classify", "features"]
  /// The first arguments of a run stay as they are: an option's value, a bundle, a few paths.
  private static let shortest = 8

  /// The same arguments with what follows the first few of a run of paths as one.
  static func packed(_ arguments: [String]) -> [String] {
    guard let command = arguments.first, commands.contains(command) else { return arguments }
    var result: [String] = []
    var run: [String] = []
    var isBehindTerminator = false
    func isPath(_ argument: String) -> Bool { isBehindTerminator || !argument.hasPrefix("-") }
    func flush() {
      result += run.prefix(shortest)
      let rest = run.dropFirst(shortest)
      if !rest.isEmpty { result.append(rest.joined(separator: "\0")) }
      run = []
    }
    for argument in arguments {
      if isPath(argument) {
        run.append(argument)
        continue
      }
      flush()
      result.append(argument)
      isBehindTerminator = argument == "--"
    }
    flush()
    return result
  }

  /// All paths of arguments that were packed.
  static func unpacked(_ arguments: [String]) -> [String] {
    arguments.flatMap { argument in
      argument.utf8.split(separator: separator, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
