import GraftImageKernels

/// Resizes RGBA pixels to Pillow's bytes, keeping its tables and rows from picture to picture.
final class Resampler {
  private var horizontal = TapTable()
  private var vertical = TapTable()
  private let band = PixelBuffer()
  private let strips = PixelBuffer()

  /// Rows of the result made at a time: what they need of the picture stays in the cache.
  private static let bandHeight = 16
  /// Rows of a padded square that are made at a time.
  private static let stripHeight = 32

  /// Writes the part `kept` of `source` scaled to `scaled` into `destination`, which has its size.
  ///
  /// - Throws: `ImageError` where there is no memory for the rows between the passes.
  func resize(
    _ source: GraftPixelView, to scaled: ImageSize, keeping kept: PixelRectangle,
    by interpolation: Interpolation, into destination: GraftPixelView
  ) throws {
    defer { withExtendedLifetime(self) {} }
    precondition(destination.size == kept.size, "the destination has the size of what is kept")
    if source.size == scaled {
      graft_copy(source.cropped(to: kept), destination)
    } else if let filter = interpolation.filter {
      try convolve(source, to: scaled, keeping: kept, filter: filter, into: destination)
    } else {
      pickNearest(source, to: scaled, keeping: kept, into: destination)
    }
  }

  private func convolve(
    _ source: GraftPixelView, to scaled: ImageSize, keeping kept: PixelRectangle,
    filter: GraftFilter, into destination: GraftPixelView
  ) throws {
    horizontal.compute(
      filter, from: Int(source.width), to: scaled.width, first: kept.x, count: kept.width)
    vertical.compute(
      filter, from: Int(source.height), to: scaled.height, first: kept.y, count: kept.height)
    if Int(source.width) == scaled.width {
      let columns = source.cropped(
        to: PixelRectangle(x: kept.x, y: 0, width: kept.width, height: Int(source.height)))
      vertical.withTaps { graft_resample_columns(columns, destination, $0, 0) }
    } else if Int(source.height) == scaled.height {
      let rows = source.cropped(
        to: PixelRectangle(x: 0, y: kept.y, width: Int(source.width), height: kept.height))
      horizontal.withTaps { graft_resample_rows(rows, destination, $0) }
    } else if Self.beginsWithColumns(source.size, scaled) {
      try convolveColumnsFirst(source, into: destination)
    } else {
      try convolveRowsFirst(into: destination) { rows, result in
        _ = horizontal.withTaps { graft_resample_rows(source.rows(rows), result, $0) }
      }
    }
  }

  /// Writes a picture on its square, scaled to the size of `destination`. The square is made some rows at
  /// a time: that of a long strip would take far more memory than the strip.
  ///
  /// - Parameter finish: What is done to rows of the square before they are scaled.
  /// - Returns: Whether it was done; it is not where the square has the size already or is scaled in
  ///   another order than rows first.
  /// - Throws: `ImageError` where there is no memory for the rows.
  func resize(
    _ square: PaddedSquare, by interpolation: Interpolation, into destination: GraftPixelView
  ) throws -> Bool {
    defer { withExtendedLifetime(self) {} }
    let (side, scaled) = (square.size.width, destination.size)
    guard let filter = interpolation.filter, side != scaled.width, side != scaled.height,
      !Self.beginsWithColumns(square.size, scaled)
    else { return false }
    horizontal.compute(filter, from: side, to: scaled.width, first: 0, count: scaled.width)
    vertical.compute(filter, from: side, to: scaled.height, first: 0, count: scaled.height)
    try convolveRowsFirst(into: destination) { rows, result in
      for top in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.stripHeight) {
        let part = top..<min(top + Self.stripHeight, rows.upperBound)
        let target = result.rows(top - rows.lowerBound..<part.upperBound - rows.lowerBound)
        try makeStrip(part, of: square, into: target)
      }
    }
    return true
  }

  /// Rows of a square, scaled. Those beside the picture are all the same: one is made.
  private func makeStrip(
    _ rows: Range<Int>, of square: PaddedSquare, into target: GraftPixelView
  ) throws {
    let isPlain = !rows.overlaps(square.pictureRows)
    let made = isPlain ? rows.lowerBound..<rows.lowerBound + 1 : rows
    let strip = try strips.view(ImageSize(width: square.size.width, height: made.count))
    square.write(made, into: strip)
    _ = horizontal.withTaps { graft_resample_rows(strip, target.rows(0..<made.count), $0) }
    guard isPlain else { return }
    for row in 1..<max(rows.count, 1) {
      graft_copy(target.rows(0..<1), target.rows(row..<row + 1))
    }
  }

  /// Each pass rounds to 8 bits, so that their order is part of the result: Pillow 13 resamples rows
  /// first unless more than twice as many rows vanish as columns.
  private static func beginsWithColumns(_ source: ImageSize, _ scaled: ImageSize) -> Bool {
    let (lostRows, lostColumns) = (source.height - scaled.height, source.width - scaled.width)
    return lostRows > 0 && lostRows > 2 * lostColumns
  }

  private func convolveColumnsFirst(
    _ source: GraftPixelView, into destination: GraftPixelView
  ) throws {
    let columns = try band.view(ImageSize(width: Int(source.width), height: Self.bandHeight))
    for top in stride(from: 0, to: Int(destination.height), by: Self.bandHeight) {
      let height = min(Self.bandHeight, Int(destination.height) - top)
      let rows = columns.rows(0..<height)
      vertical.withTaps(from: top) { graft_resample_columns(source, rows, $0, 0) }
      horizontal.withTaps {
        graft_resample_rows(rows, destination.rows(top..<top + height), $0)
      }
    }
  }

  /// Both passes, some rows of the result at a time. Rows between the passes that two bands share
  /// are kept, so that each is made once.
  ///
  /// - Parameter makeRows: Scales rows of the source to the width of the result.
  private func convolveRowsFirst(
    into destination: GraftPixelView, makeRows: (Range<Int>, GraftPixelView) throws -> Void
  ) throws {
    let width = Int(destination.width)
    let rowLimit = vertical.greatestSpan(ofBandsOf: Self.bandHeight)
    let rows = try band.view(ImageSize(width: width, height: rowLimit))
    var held = 0..<0
    for top in stride(from: 0, to: Int(destination.height), by: Self.bandHeight) {
      let height = min(Self.bandHeight, Int(destination.height) - top)
      let needed = vertical.span(of: top..<top + height)
      keep(needed, of: held, in: rows)
      let fresh = max(needed.lowerBound, held.upperBound)..<needed.upperBound
      if !fresh.isEmpty {
        let to = rows.rows(
          fresh.lowerBound - needed.lowerBound..<fresh.upperBound - needed.lowerBound)
        try makeRows(fresh, to)
      }
      held = needed
      vertical.withTaps(from: top) {
        graft_resample_columns(
          rows, destination.rows(top..<top + height), $0, Int32(needed.lowerBound))
      }
    }
  }

  /// Moves the rows that the next band needs too to the front.
  private func keep(_ needed: Range<Int>, of held: Range<Int>, in rows: GraftPixelView) {
    let shared = needed.clamped(to: held)
    guard !shared.isEmpty, shared.lowerBound > held.lowerBound else { return }
    let offset = (shared.lowerBound - held.lowerBound) * rows.rowByteCount
    UnsafeMutableRawPointer(rows.bytes).copyMemory(
      from: rows.bytes + offset, byteCount: shared.count * rows.rowByteCount)
  }

  /// Pillow's `ImagingScaleAffine`, which adds up the step in double precision.
  private func pickNearest(
    _ source: GraftPixelView, to scaled: ImageSize, keeping kept: PixelRectangle,
    into destination: GraftPixelView
  ) {
    func positions(_ length: Int, _ count: Int, _ wanted: Range<Int>) -> [Int] {
      let step = Double(length) / Double(count)
      var position = step * 0.5
      var result: [Int] = []
      for index in 0..<wanted.upperBound {
        if index >= wanted.lowerBound { result.append(min(Int(position), length - 1)) }
        position += step
      }
      return result
    }
    let columns = positions(Int(source.width), scaled.width, kept.x..<kept.x + kept.width)
    let rows = positions(Int(source.height), scaled.height, kept.y..<kept.y + kept.height)
    for (y, row) in rows.enumerated() {
      let from = UnsafeRawPointer(source.bytes + row * source.rowByteCount)
      let to = UnsafeMutableRawPointer(destination.bytes + y * destination.rowByteCount)
      for (x, column) in columns.enumerated() {
        (to + 4 * x).copyMemory(from: from + 4 * column, byteCount: 4)
      }
    }
  }
}

extension GraftPixelView {
  func rows(_ range: Range<Int>) -> GraftPixelView {
    cropped(
      to: PixelRectangle(x: 0, y: range.lowerBound, width: Int(width), height: range.count))
  }
}
