import GraftModels
import Testing

/// Names, shapes and counts of all parameters against torchvision and timm.
struct ParameterTests {
  @Test(arguments: Backbone.all.map(\.name))
  func namesAndShapesEqualTheReference(name: String) throws {
    let reference = try #require(try Fixture.references()[name])
    let outline = try Model(try Backbone.named(name)(includesTop: true)).outline()
    let shapes = outline.parameters.map { ($0.path.description, $0.shapeInPyTorch) }
    #expect(Dictionary(uniqueKeysWithValues: shapes) == reference.shapes)
    #expect(outline.parameterCount == reference.parameterCount)
    #expect(outline.output.shape == [1, 1000])
  }

  @Test(arguments: Backbone.all.map(\.name))
  func withoutTopOnlyTheClassifierIsMissing(name: String) throws {
    let backbone = try Backbone.named(name)
    let whole = try Model(backbone(includesTop: true)).outline().parameters
    let classifier = backbone.recipe.classifier.flatMap { ["\($0).weight", "\($0).bias"] }
    let rest = whole.filter { !classifier.contains($0.path.description) }
    #expect(try Model(backbone).outline().parameters == rest)
    #expect(rest.count == whole.count - classifier.count)
  }
}

extension Parameter {
  /// The extents that PyTorch gives the parameter.
  var shapeInPyTorch: [Int] {
    let extents = type.shape.extents
    switch extents.count {
    case 4: return [extents[3], extents[2], extents[0], extents[1]]
    case 2: return [extents[1], extents[0]]
    default: return extents
    }
  }
}
