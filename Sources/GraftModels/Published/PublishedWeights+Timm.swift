// Made by scripts/support/published_weights.py timm.
extension PublishedWeights {
  /// What timm publishes for ImageNet's 1000 classes.
  static let timm: [PublishedWeights] = [
    .timm("efficientnet-lite0", "tf_efficientnet_lite0-0aa007d2.pth"),
    .timm("efficientnet-lite1", "tf_efficientnet_lite1-bde8b488.pth"),
    .timm("efficientnet-lite2", "tf_efficientnet_lite2-dcccb7df.pth"),
    .timm("efficientnet-lite3", "tf_efficientnet_lite3-b733e338.pth"),
    .timm("efficientnet-lite4", "tf_efficientnet_lite4-741542c3.pth"),
  ]
}
