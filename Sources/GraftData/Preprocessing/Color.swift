/// An opaque 8-bit colour.
public struct Color: Hashable, Codable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  /// Levels from 0 to 255.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  public static let white = Color(red: 255, green: 255, blue: 255)
  public static let black = Color(red: 0, green: 0, blue: 0)
  public static let middleGray = Color(red: 128, green: 128, blue: 128)

  var rgba: [UInt8] { [red, green, blue, 255] }
}
