import Foundation

/// Where in the source each pixel of the result comes from, in rows and columns.
package struct AffineMatrix: Equatable {
  /// Two rows of three: row, column and constant.
  var elements: [Double]

  static let identity = AffineMatrix([1, 0, 0, 0, 1, 0])

  init(_ elements: [Double]) {
    precondition(elements.count == 6, "two rows of three")
    self.elements = elements
  }

  /// Rotation times shift times shear times zoom, as Keras multiplies them.
  package init(
    angle: Double, rowShift: Double, columnShift: Double, slant: Double, rowZoom: Double,
    columnZoom: Double
  ) {
    let rotation = AffineMatrix([cos(angle), -sin(angle), 0, sin(angle), cos(angle), 0])
    let shift = AffineMatrix([1, 0, rowShift, 0, 1, columnShift])
    let shear = AffineMatrix([1, -sin(slant), 0, 0, cos(slant), 0])
    let zoom = AffineMatrix([rowZoom, 0, 0, 0, columnZoom, 0])
    self = rotation * shift * shear * zoom
  }

  package static func * (a: AffineMatrix, b: AffineMatrix) -> AffineMatrix {
    var product = [0.0, 0, a.elements[2], 0, 0, a.elements[5]]
    for row in [0, 3] {
      for column in 0..<3 {
        product[row + column] += a.elements[row] * b.elements[column]
        product[row + column] += a.elements[row + 1] * b.elements[3 + column]
      }
    }
    return AffineMatrix(product)
  }

  /// The same around the middle of the picture.
  package func aroundCentre(of size: ImageSize) -> AffineMatrix {
    let row = Double(size.height) / 2 - 0.5
    let column = Double(size.width) / 2 - 0.5
    let there = AffineMatrix([1, 0, row, 0, 1, column])
    let back = AffineMatrix([1, 0, -row, 0, 1, -column])
    return there * self * back
  }
}
