import Foundation

extension PixelDataset {
  /// CIFAR-10 from the folder of its binary version (`cifar-10-batches-bin`; Krizhevsky 2009): 50,000
  /// pictures of 32 x 32 pixels to learn from, 10,000 held out, ten classes.
  ///
  /// - Throws: ``PixelDatasetError`` with the file that is missing or of a wrong size.
  public static func cifar10(_ folder: String) throws -> DatasetSplit<PixelDataset> {
    let classes = try classNames(in: folder, "batches.meta.txt")
    let training = (1...5).map { "data_batch_\($0).bin" }
    return DatasetSplit(
      training: try cifar(folder, training, classes, labelBytes: 1, labelAt: 0),
      validation: try cifar(folder, ["test_batch.bin"], classes, labelBytes: 1, labelAt: 0))
  }

  /// The labels of CIFAR-100.
  public enum CIFAR100Labels: String, CaseIterable, Sendable {
    /// A hundred classes.
    case fine
    /// Twenty classes of five each.
    case coarse
  }

  /// CIFAR-100 from the folder of its binary version (`cifar-100-binary`; Krizhevsky 2009): 50,000 pictures
  /// of 32 x 32 pixels to learn from, 10,000 held out.
  ///
  /// - Parameter labels: Whether the classes are the hundred or the twenty.
  /// - Throws: ``PixelDatasetError`` with the file that is missing or of a wrong size.
  public static func cifar100(
    _ folder: String, labels: CIFAR100Labels = .fine
  ) throws -> DatasetSplit<PixelDataset> {
    let classes = try classNames(in: folder, "\(labels.rawValue)_label_names.txt")
    let place = labels == .coarse ? 0 : 1
    return DatasetSplit(
      training: try cifar(folder, ["train.bin"], classes, labelBytes: 2, labelAt: place),
      validation: try cifar(folder, ["test.bin"], classes, labelBytes: 2, labelAt: place))
  }

  /// MNIST (LeCun et al. 1998) or a dataset in its files, as Fashion-MNIST: 60,000 gray pictures of 28 x 28
  /// pixels to learn from, 10,000 held out, classes "0" to "9" unless named.
  ///
  /// - Parameters:
  ///   - folder: Holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same of `t10k`,
  ///     decompressed.
  ///   - classes: Names in the order of the labels.
  /// - Throws: ``PixelDatasetError`` with the file that is missing or damaged.
  public static func mnist(
    _ folder: String, classes: [String] = (0...9).map(String.init)
  ) throws -> DatasetSplit<PixelDataset> {
    func part(_ name: String) throws -> PixelDataset {
      try PixelDataset(
        images: path(folder, "\(name)-images-idx3-ubyte"),
        labels: path(folder, "\(name)-labels-idx1-ubyte"), classes: classes)
    }
    return DatasetSplit(training: try part("train"), validation: try part("t10k"))
  }

  /// Gray pictures and their labels from two IDX files.
  ///
  /// - Parameters:
  ///   - images: The path of a file of bytes with three dimensions: count, height, width.
  ///   - labels: The path of a file of bytes with one dimension: count.
  ///   - classes: Names; `nil` to name the classes "0", "1" and so on up to the greatest label.
  /// - Throws: ``PixelDatasetError`` with the file that is missing or damaged.
  public init(images: String, labels: String, classes: [String]? = nil) throws {
    let pictures = try IDXFile(images, rank: 3)
    let numbers = try IDXFile(labels, rank: 1)
    guard pictures.extents[0] == numbers.extents[0] else {
      throw PixelDatasetError(
        labels, "\(numbers.extents[0]) labels",
        expected: "\(pictures.extents[0]), as many as \(images) has pictures")
    }
    let size = ImageSize(width: pictures.extents[2], height: pictures.extents[1])
    let layout = PixelLayout(size: size, channels: 1, isPlanar: false)
    try self.init(
      [
        PixelFile(
          bytes: pictures.bytes, start: pictures.start, stride: layout.byteCount, layout: layout)
      ],
      labels: [numbers.bytes.dropFirst(numbers.start).map { Int($0) }], classes: classes,
      path: labels)
  }

  /// Records of labels and planar pictures of 32 x 32 pixels.
  private static func cifar(
    _ folder: String, _ names: [String], _ classes: [String], labelBytes: Int, labelAt place: Int
  ) throws -> PixelDataset {
    let layout = PixelLayout(size: ImageSize(width: 32, height: 32), channels: 3, isPlanar: true)
    let stride = labelBytes + layout.byteCount
    var labels: [[Int]] = []
    let files = try names.map { name in
      let file = path(folder, name)
      let bytes = try contents(of: file, "the binary version of the dataset, unpacked")
      guard !bytes.isEmpty, bytes.count % stride == 0 else {
        throw PixelDatasetError(
          file, "\(bytes.count) bytes", expected: "a multiple of \(stride), one record a picture")
      }
      labels.append(
        Swift.stride(from: place, to: bytes.count, by: stride).map { Int(bytes[$0]) })
      return PixelFile(bytes: bytes, start: labelBytes, stride: stride, layout: layout)
    }
    return try PixelDataset(files, labels: labels, classes: classes, path: folder)
  }

  private static func classNames(in folder: String, _ name: String) throws -> [String] {
    let file = path(folder, name)
    let bytes = try contents(of: file, "the binary version of the dataset, unpacked")
    let names = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard names.count > 1 else {
      throw PixelDatasetError(file, "\(names.count) class name(s)", expected: "one on each line")
    }
    return names.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The bytes of a file; the first one has the index 0.
  fileprivate static func contents(of path: String, _ expected: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      let compressed = FileManager.default.fileExists(atPath: path + ".gz")
      throw PixelDatasetError(
        path, compressed ? "only a compressed file of this name is there" : "cannot be read",
        expected: compressed ? "it decompressed: gunzip \(path).gz" : expected)
    }
  }
}

/// A file of unsigned bytes with its extents before them (LeCun's IDX).
private struct IDXFile {
  let bytes: Data
  let extents: [Int]
  /// Where the elements start.
  let start: Int

  init(_ path: String, rank: Int) throws {
    bytes = try PixelDataset.contents(of: path, "an IDX file")
    start = 4 * (1 + rank)
    guard bytes.count >= start, bytes.starts(with: [0, 0, 8, UInt8(rank)]) else {
      throw PixelDatasetError(
        path, "another kind of file", expected: "an IDX file of bytes with \(rank) dimension(s)")
    }
    var extents: [Int] = []
    for dimension in 1...rank {
      extents.append(bytes[4 * dimension..<4 * dimension + 4].reduce(0) { $0 << 8 | Int($1) })
    }
    // Extents are 32 bits: the first times the second can't overflow, nor their product if it fits.
    let count = extents.reduce(into: (product: 1, overflows: false)) { total, extent in
      let (product, overflow) = total.product.multipliedReportingOverflow(by: extent)
      total = (product, total.overflows || overflow)
    }
    guard !count.overflows, count.product > 0, bytes.count - start == count.product else {
      throw PixelDatasetError(
        path,
        "\(bytes.count - start) bytes for \(extents.map(String.init).joined(separator: " x "))",
        expected: "one byte for each element; fetch the file again")
    }
    self.extents = extents
  }
}
