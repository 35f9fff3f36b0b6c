import Graft

/// One line of a shape file: an operation of a real network on one sample.
///
/// The kind, the shapes, then options: `convolution 56×56×64 3×3×64 stride=2 padding=0,1,0,1
/// groups=64 activation=relu6 residual times=3`. Images are height, width, channels; kernels height,
/// width, output channels. Kinds: `convolution IMAGE KERNEL`, `product INPUTS OUTPUTS`,
/// `maximum IMAGE WINDOW`, `average IMAGE WINDOW`, `globalAverage IMAGE`, `normalization IMAGE`.
struct ShapeLine: Hashable {
  enum Kind: String { case convolution, product, maximum, average, globalAverage, normalization }
  var kind: Kind
  /// The extents of the sample and of the kernel or window, in the order of the line.
  var shapes: [[Int]]
  var options: [String: String] = [:]
  /// How often the network has it.
  var times = 1

  /// - Throws: ``ShapeFileError`` where the line says something else.
  init(_ text: String) throws {
    var words = text.split(separator: " ").map(String.init)
    guard let first = words.first, let kind = Kind(rawValue: first) else {
      throw ShapeFileError.unknownKind(text)
    }
    self.kind = kind
    words.removeFirst()
    let (shapes, options) = (words.filter { !Self.isOption($0) }, words.filter(Self.isOption))
    self.shapes = try shapes.map { shape in
      try shape.split(whereSeparator: { "×x".contains($0) }).map {
        guard let extent = Int($0), extent > 0 else {
          throw ShapeFileError.wrongExtent(shape, line: text)
        }
        return extent
      }
    }
    guard self.shapes.map(\.count) == Self.ranks[kind] else {
      throw ShapeFileError.wrongShapes(text)
    }
    for option in options {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      self.options[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    times = self.options.removeValue(forKey: "times").flatMap { Int($0) } ?? 1
  }

  init(_ kind: Kind, _ shapes: [[Int]]) { (self.kind, self.shapes) = (kind, shapes) }

  var text: String {
    let shapes = shapes.map { $0.map(String.init).joined(separator: "×") }
    let options = options.sorted { $0.key < $1.key }
      .map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }
    return ([kind.rawValue] + shapes + options + (times > 1 ? ["times=\(times)"] : []))
      .joined(separator: " ")
  }

  private static func isOption(_ word: String) -> Bool { word.first?.isLetter ?? false }

  /// How many extents each shape has.
  private static let ranks: [Kind: [Int]] = [
    .convolution: [3, 3], .product: [1, 1], .maximum: [3, 2], .average: [3, 2],
    .globalAverage: [3], .normalization: [3],
  ]
}

/// A shape file that can't be read.
enum ShapeFileError: Error, CustomStringConvertible {
  case unknownKind(String)
  case wrongExtent(String, line: String)
  case wrongShapes(String)
  case wrongOption(String, line: String)
  case missing(String)

  var description: String {
    switch self {
    case .unknownKind(let line): "'\(line)' doesn't begin with a kind of operation"
    case .wrongExtent(let shape, let line): "'\(shape)' in '\(line)' is no shape such as 56×56×64"
    case .wrongShapes(let line): "'\(line)' has too many or too few extents for its kind"
    case .wrongOption(let option, let line): "'\(option)' in '\(line)' can't be understood"
    case .missing(let path): "there is no shape file or folder '\(path)'"
    }
  }
}
