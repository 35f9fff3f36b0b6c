import GraftModels
import GraftWeights
import Testing

/// Names, shapes and counts of all parameters against torchvision and timm.
struct ParameterTests {
  @Test(arguments: Backbone.all.map(\.name))
  func namesAndShapesEqualTheReference(name: String) throws {
    let reference = try #require(try Fixture.references()[name])
    let outline = try Model(try Backbone.named(name)(includesTop: true)).outline()
    let shapes = Dictionary(
      uniqueKeysWithValues: outline.parameters.map {
        ($0.path.description, WeightLayout.torch.shape(of: $0).extents)
      })
    if let expected = reference.shapes { #expect(shapes == expected) }
    #expect(digest(shapes) == reference.digest)
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

/// FNV-1a over the lines `name extents`, sorted by name.
private func digest(_ shapes: [String: [Int]]) -> String {
  let lines = shapes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
    "\($0.key) \($0.value.map(String.init).joined(separator: " "))\n"
  }
  let hash = lines.joined().utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
    ($0 ^ UInt64($1)) &* 0x100_0000_01b3
  }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
