// Made by scripts/support/published_weights.py torchvision.
extension PublishedWeights {
  /// What torchvision publishes for ImageNet's 1000 classes.
  static let torchvision: [PublishedWeights] = [
    .torchvision(
      "vgg11", "v1", "vgg11-8a719046.pth",
      kibibytes: 519_004, top1: 69.02, 224, 256),
    .torchvision(
      "vgg13", "v1", "vgg13-19584684.pth",
      kibibytes: 519_726, top1: 69.928, 224, 256),
    .torchvision(
      "vgg16", "v1", "vgg16-397923af.pth",
      kibibytes: 540_463, top1: 71.592, 224, 256),
    .torchvision(
      "vgg19", "v1", "vgg19-dcbb9e9d.pth",
      kibibytes: 561_204, top1: 72.376, 224, 256),
    .torchvision(
      "vgg11-bn", "v1", "vgg11_bn-6002323d.pth",
      kibibytes: 519_046, top1: 70.37, 224, 256),
    .torchvision(
      "vgg13-bn", "v1", "vgg13_bn-abd245e5.pth",
      kibibytes: 519_772, top1: 71.586, 224, 256),
    .torchvision(
      "vgg16-bn", "v1", "vgg16_bn-6c64b313.pth",
      kibibytes: 540_535, top1: 73.36, 224, 256),
    .torchvision(
      "vgg19-bn", "v1", "vgg19_bn-c79401a0.pth",
      kibibytes: 561_298, top1: 74.218, 224, 256),
    .torchvision(
      "resnet18", "v1", "resnet18-f37072fd.pth",
      kibibytes: 45_733, top1: 69.758, 224, 256),
    .torchvision(
      "resnet34", "v1", "resnet34-b627a593.pth",
      kibibytes: 85_274, top1: 73.314, 224, 256),
    .torchvision(
      "resnet50", "v2", "resnet50-11ad3fa6.pth",
      kibibytes: 100_137, top1: 80.858, 224, 232),
    .torchvision(
      "resnet50", "v1", "resnet50-0676ba61.pth",
      kibibytes: 100_128, top1: 76.13, 224, 256),
    .torchvision(
      "resnet101", "v2", "resnet101-cd907fc2.pth",
      kibibytes: 174_623, top1: 81.886, 224, 232),
    .torchvision(
      "resnet101", "v1", "resnet101-63fe2227.pth",
      kibibytes: 174_603, top1: 77.374, 224, 256),
    .torchvision(
      "resnet152", "v2", "resnet152-f82ba261.pth",
      kibibytes: 236_005, top1: 82.284, 224, 232),
    .torchvision(
      "resnet152", "v1", "resnet152-394f9c45.pth",
      kibibytes: 235_964, top1: 78.312, 224, 256),
    .torchvision(
      "wide-resnet50-2", "v2", "wide_resnet50_2-9ba9bcbe.pth",
      kibibytes: 269_439, top1: 81.602, 224, 232),
    .torchvision(
      "wide-resnet50-2", "v1", "wide_resnet50_2-95faca4d.pth",
      kibibytes: 134_984, top1: 78.468, 224, 256),
    .torchvision(
      "resnext50-32x4d", "v2", "resnext50_32x4d-1a0047aa.pth",
      kibibytes: 98_133, top1: 81.198, 224, 232),
    .torchvision(
      "resnext50-32x4d", "v1", "resnext50_32x4d-7cdf4587.pth",
      kibibytes: 98_088, top1: 77.618, 224, 256),
    .torchvision(
      "googlenet", "v1", "googlenet-1378be20.pth",
      kibibytes: 50_925, top1: 69.778, 224, 256),
    .torchvision(
      "inceptionv3", "v1", "inception_v3_google-0cc3c7bd.pth",
      kibibytes: 106_397, top1: 77.294, 299, 342),
    .torchvision(
      "mobilenetv2", "v2", "mobilenet_v2-7ebf99e0.pth",
      kibibytes: 13_924, top1: 72.154, 224, 232),
    .torchvision(
      "mobilenetv3-large", "v2", "mobilenet_v3_large-5c1a4163.pth",
      kibibytes: 21_614, top1: 75.274, 224, 232),
    .torchvision(
      "mobilenetv3-large", "v1", "mobilenet_v3_large-8738ca79.pth",
      kibibytes: 21_621, top1: 74.042, 224, 256),
    .torchvision(
      "mobilenetv3-small", "v1", "mobilenet_v3_small-047dcff4.pth",
      kibibytes: 10_065, top1: 67.668, 224, 256),
    .torchvision(
      "efficientnet-b0", "v1", "efficientnet_b0_rwightman-7f5810bc.pth",
      kibibytes: 20_942, top1: 77.692, 224, 256, .bicubic),
    .torchvision(
      "efficientnet-b1", "v2", "efficientnet_b1-c27df63c.pth",
      kibibytes: 30_859, top1: 79.838, 240, 255),
    .torchvision(
      "efficientnet-b1", "v1", "efficientnet_b1_rwightman-bac287d4.pth",
      kibibytes: 30_857, top1: 78.642, 240, 256, .bicubic),
    .torchvision(
      "efficientnet-b2", "v1", "efficientnet_b2_rwightman-c35c1473.pth",
      kibibytes: 36_018, top1: 80.608, 288, 288, .bicubic),
    .torchvision(
      "efficientnet-b3", "v1", "efficientnet_b3_rwightman-b3899882.pth",
      kibibytes: 48_316, top1: 82.008, 300, 320, .bicubic),
    .torchvision(
      "efficientnet-b4", "v1", "efficientnet_b4_rwightman-23ab8bcd.pth",
      kibibytes: 76_277, top1: 83.384, 380, 384, .bicubic),
    .torchvision(
      "efficientnet-b5", "v1", "efficientnet_b5_lukemelas-1a07897c.pth",
      kibibytes: 119_669, top1: 83.444, 456, 456, .bicubic),
    .torchvision(
      "efficientnet-b6", "v1", "efficientnet_b6_lukemelas-24a108a5.pth",
      kibibytes: 169_331, top1: 84.008, 528, 528, .bicubic),
    .torchvision(
      "efficientnet-b7", "v1", "efficientnet_b7_lukemelas-c5b4e57e.pth",
      kibibytes: 260_787, top1: 84.122, 600, 600, .bicubic),
    .torchvision(
      "efficientnetv2-s", "v1", "efficientnet_v2_s-dd5fe13b.pth",
      kibibytes: 84_689, top1: 84.228, 384, 384),
    .torchvision(
      "efficientnetv2-m", "v1", "efficientnet_v2_m-dc08266a.pth",
      kibibytes: 213_002, top1: 85.112, 480, 480),
    .torchvision(
      "efficientnetv2-l", "v1", "efficientnet_v2_l-59c71312.pth",
      kibibytes: 465_483, top1: 85.808, 480, 480, .bicubic),
    .torchvision(
      "densenet121", "v1", "densenet121-a639ec97.pth",
      kibibytes: 31_585, top1: 74.434, 224, 256),
    .torchvision(
      "densenet169", "v1", "densenet169-b2777c0a.pth",
      kibibytes: 56_021, top1: 75.6, 224, 256),
    .torchvision(
      "densenet201", "v1", "densenet201-c1103571.pth",
      kibibytes: 79_230, top1: 76.896, 224, 256),
    .torchvision(
      "squeezenet1.0", "v1", "squeezenet1_0-b66bff10.pth",
      kibibytes: 4_893, top1: 58.092, 224, 256),
    .torchvision(
      "squeezenet1.1", "v1", "squeezenet1_1-b8a52dc0.pth",
      kibibytes: 4_842, top1: 58.178, 224, 256),
    .torchvision(
      "convnext-tiny", "v1", "convnext_tiny-983f1562.pth",
      kibibytes: 111_738, top1: 82.52, 224, 236),
    .torchvision(
      "convnext-small", "v1", "convnext_small-0c510722.pth",
      kibibytes: 196_304, top1: 83.616, 224, 230),
    .torchvision(
      "convnext-base", "v1", "convnext_base-6075fbad.pth",
      kibibytes: 346_178, top1: 84.062, 224, 232),
    .torchvision(
      "convnext-large", "v1", "convnext_large-ea097f82.pth",
      kibibytes: 772_646, top1: 84.414, 224, 232),
  ]
}
