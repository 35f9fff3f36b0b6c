import Foundation

/// Guesses which network names of tensors come from, for hints in errors only.
enum Architecture {
  /// The name of a well-known network, or nil.
  static func guess(_ names: [String]) -> String? {
    let all = Set(names)
    if all.contains("layer4.0.conv1.weight") || all.contains("layer4.0.conv2.weight") {
      return residual(all)
    }
    for (network, sign) in signs where all.contains(where: { $0.hasPrefix(sign) }) {
      return network
    }
    if all.contains("features.0.weight") {
      // Both are plain stacks; they differ in which positions hold convolutions.
      let isAlexNet =
        all.contains("features.8.weight") && all.contains("features.10.weight")
        && !all.contains("features.11.weight") && !all.contains("features.5.weight")
      return isAlexNet ? "AlexNet" : "a VGG"
    }
    return nil
  }

  /// The same for names that may have a wrapper's or a checkpoint's before their own.
  static func guess(wrapped names: [String]) -> String? {
    var names = names
    for _ in 0..<5 {
      if let network = guess(names) { return network }
      names = names.compactMap { name in
        name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) }
      }
    }
    return nil
  }

  /// ResNets of torchvision and timm differ in how many blocks their third stage has.
  private static func residual(_ names: Set<String>) -> String {
    let blockCount = (0...).prefix { names.contains("layer3.\($0).conv1.weight") }.count
    let isBottleneck = names.contains("layer3.0.conv3.weight")
    switch (blockCount, isBottleneck) {
    case (2, false): return "ResNet18"
    case (6, false): return "ResNet34"
    case (6, true): return "ResNet50"
    case (23, true): return "ResNet101"
    case (36, true): return "ResNet152"
    default: return "a ResNet"
    }
  }

  /// What some name of each network starts with; the first that fits counts.
  private static let signs = [
    ("DenseNet", "features.denseblock1."), ("MobileNetV3", "features.4.block.2.fc1."),
    ("MobileNetV2", "features.1.conv.0.0."), ("Inception V3", "Mixed_5b."),
    ("GoogLeNet (Inception V1)", "inception3a."), ("SqueezeNet", "features.3.squeeze."),
    ("ConvNeXt", "features.1.0.layer_scale"), ("an EfficientNet", "features.1.0.block.0.0."),
    ("a timm EfficientNet or MobileNet", "conv_stem."), ("ConvNeXt", "stages.0.blocks.0.conv_dw."),
    ("Inception V2", "inception_3a_1x1."),
    ("a VGG of Keras", "block1_conv1/"), ("a DenseNet of Keras", "pool2_bn/"),
    ("a ResNet V2 of Keras", "conv2_block1_preact_bn/"),
    ("a ResNet of Keras", "conv2_block1_1_conv/"), ("a MobileNet of Keras", "conv_dw_1/"),
    ("a MobileNetV2 of Keras", "block_1_expand/"), ("a MobileNetV3 of Keras", "expanded_conv_1_"),
    ("an EfficientNet of Keras", "block1a_"), ("a ConvNeXt of Keras", "convnext_"),
    ("Inception V3 of Keras", "conv2d_93/"),
    ("a vision transformer", "blocks.0.attn."), ("BERT", "embeddings.word_embeddings."),
    ("BERT", "bert."), ("GPT-2", "wte."), ("GPT-2", "transformer.wte."),
  ]
}
