/// Numbers of channels as the papers on mobile networks round them.
enum Channels {
  /// The number nearest to `count` that `divisor` divides, never less than 90% of it.
  static func rounded(_ count: Float, divisor: Int = 8) -> Int {
    let nearest = max(divisor, Int(count + Float(divisor) / 2) / divisor * divisor)
    return Float(nearest) < 0.9 * count ? nearest + divisor : nearest
  }

  /// `count` times `width`, rounded so.
  static func scaled(_ count: Int, by width: Float) -> Int { rounded(Float(count) * width) }

  /// What tells a network of another width by its name: `-0.75`, nothing for 1.
  static func suffix(ofWidth width: Float) -> String { width == 1 ? "" : "-\(width)" }
}
