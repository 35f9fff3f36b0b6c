public import Foundation

/// Pictures of one size held as plain pixels, as small benchmark datasets come: they go through
/// preprocessing and augmentation like pictures from files.
///
/// ``cifar10(_:)``, ``cifar100(_:labels:)`` and ``mnist(_:)`` read those datasets' files.
public struct PixelDataset: ClassifiedDataset {
  public typealias Input = Image

  /// The names of the classes.
  public let classes: [String]
  /// The class of each picture, an index into `classes`.
  public let labels: [Int]
  /// The size of each picture.
  public let size: ImageSize
  private let files: [PixelFile]
  /// The pictures in all files before one.
  private let firstIndices: [Int]

  /// Pictures one after the other, row by row, the channels of a pixel together.
  ///
  /// - Parameters:
  ///   - pixels: count x height x width x channels bytes; 1 channel is gray, 3 are red, green and blue.
  ///   - size: The size of each picture.
  ///   - labels: One for each picture.
  ///   - classes: Names; `nil` to name the classes "0", "1" and so on up to the greatest label.
  /// - Throws: ``PixelDatasetError`` where the counts do not fit together.
  public init(
    pixels: Data, size: ImageSize, channels: Int = 3, labels: [Int], classes: [String]? = nil
  ) throws {
    let layout = PixelLayout(size: size, channels: channels, isPlanar: false)
    guard size.width > 0, size.height > 0, channels == 1 || channels == 3 else {
      throw PixelDatasetError(
        nil, "pictures of \(size.width) x \(size.height) pixels with \(channels) channels",
        expected: "a size greater than 0 and 1 or 3 channels")
    }
    guard pixels.count == labels.count * layout.byteCount else {
      throw PixelDatasetError(
        nil, "\(pixels.count) bytes of pixels",
        expected: "\(labels.count * layout.byteCount) for \(labels.count) labels")
    }
    try self.init(
      [PixelFile(bytes: pixels, start: 0, stride: layout.byteCount, layout: layout)],
      labels: [labels], classes: classes, path: nil)
  }

  /// - Parameters:
  ///   - labels: Those of each file's pictures.
  ///   - path: What errors name.
  init(
    _ files: [PixelFile], labels: [[Int]], classes: [String]?, path: String?
  ) throws {
    let all = labels.flatMap { $0 }
    let names = classes ?? (0...max(0, all.max() ?? 0)).map(String.init)
    if let index = all.firstIndex(where: { !names.indices.contains($0) }) {
      throw PixelDatasetError(
        path, "label \(all[index]) of picture \(index)", expected: "0 to \(names.count - 1)")
    }
    guard let layout = files.first?.layout, !all.isEmpty else {
      throw PixelDatasetError(path, "no picture", expected: "one or more")
    }
    (self.classes, self.labels, self.files, size) = (names, all, files, layout.size)
    firstIndices = labels.indices.map { labels[..<$0].reduce(0) { $0 + $1.count } }
  }

  /// How many pictures there are.
  public var count: Int { labels.count }

  /// The class of one picture.
  public func label(at index: Int) -> Int { labels[index] }

  /// One picture; gray ones with three equal channels.
  public func image(at index: Int) -> RGBImage {
    let file = firstIndices.lastIndex { $0 <= index } ?? 0
    return files[file].image(at: index - firstIndices[file])
  }

  /// One picture with its class.
  public func sample(at index: Int) -> Labeled<Image, Int> {
    Labeled(Image(image(at: index)), labels[index])
  }
}

/// How the bytes of one picture lie.
struct PixelLayout {
  let size: ImageSize
  /// 1 or 3.
  let channels: Int
  /// Whether each channel is a picture of its own, one after the other.
  let isPlanar: Bool

  var byteCount: Int { size.width * size.height * channels }
}

/// Pictures in one file, the same number of bytes apart.
struct PixelFile {
  let bytes: Data
  /// Where the first picture's pixels start, and how far it is to the next one's.
  let start: Int
  let stride: Int
  let layout: PixelLayout

  func image(at index: Int) -> RGBImage {
    let (count, channels) = (layout.size.width * layout.size.height, layout.channels)
    let (pixelStep, channelStep) = layout.isPlanar ? (1, count) : (channels, 1)
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * count) { pixels, filled in
      bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
        for pixel in 0..<count {
          let first = start + index * stride + pixel * pixelStep
          for channel in 0..<3 {
            pixels[3 * pixel + channel] = bytes[first + (channels == 1 ? 0 : channel * channelStep)]
          }
        }
      }
      filled = 3 * count
    }
    return RGBImage(size: layout.size, pixels: pixels)
  }
}

/// Pixels that do not make a dataset.
public struct PixelDatasetError: Error, Equatable, CustomStringConvertible {
  /// The file or folder, or `nil` for pixels that came from memory.
  public let path: String?
  /// What is wrong.
  public let found: String
  /// What should be there, and how to come by it.
  public let expected: String

  init(_ path: String?, _ found: String, expected: String) {
    (self.path, self.found, self.expected) = (path, found, expected)
  }

  public var description: String {
    "\(path.map { "\($0): " } ?? "")\(found); expected \(expected)"
  }
}
