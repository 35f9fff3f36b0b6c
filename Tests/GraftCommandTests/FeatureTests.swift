import CommandRunner
import Testing

/// What `graft features` gives.
@Suite("Features")
struct FeatureTests {
  @Test func pooledFeaturesComeWithLogits() async throws {
    let photos = try Photos()
    let arguments = [
      "features", "--device", "cpu", "--backbone", "mobilenetv2", "--size", "32", "--layers",
      "pooled,logits,features.1", "--output", "new.safetensors", "photos/grey",
    ]
    let run = try await CommandRun(arguments, in: photos.folder)
    try #require(run.status == 0, "\(run.output)")
    for line in ["pooled: 4×1280", "logits: 4×1000", "features.1: 4×16×16×16"] {
      #expect(run.output.contains(line))
    }
    #expect(try photos.names.contains("new.safetensors"))
  }
}
