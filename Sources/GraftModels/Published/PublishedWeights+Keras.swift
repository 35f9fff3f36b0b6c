// Made by scripts/support/published_weights.py keras.
extension PublishedWeights {
  /// What keras publishes for ImageNet's 1000 classes.
  static let keras: [PublishedWeights] = [
    .keras(
      "vgg16",
      "tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5",
      "64373286793e3c8b2b4e3219cbf3544b", "CC-BY-4.0"),
    .keras(
      "vgg16",
      "tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "6d6bbae143d832006294945121d1f1fc", "CC-BY-4.0", includesTop: false),
    .keras(
      "vgg19",
      "tensorflow/keras-applications/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels.h5",
      "cbe5617147190e668d6c5d5026f83318", "CC-BY-4.0"),
    .keras(
      "vgg19",
      "tensorflow/keras-applications/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "253f8cb515780f3b799900260a226db6", "CC-BY-4.0", includesTop: false),
    .keras(
      "resnet50",
      "tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5",
      "2cb95161c43110f7111970584f804107", "MIT"),
    .keras(
      "resnet50",
      "tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "4d473c1dd8becc155b73f8504c6f6626", "MIT", includesTop: false),
    .keras(
      "resnet101",
      "tensorflow/keras-applications/resnet/resnet101_weights_tf_dim_ordering_tf_kernels.h5",
      "f1aeb4b969a6efcfb50fad2f0c20cfc5", "MIT"),
    .keras(
      "resnet101",
      "tensorflow/keras-applications/resnet/resnet101_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "88cf7a10940856eca736dc7b7e228a21", "MIT", includesTop: false),
    .keras(
      "resnet152",
      "tensorflow/keras-applications/resnet/resnet152_weights_tf_dim_ordering_tf_kernels.h5",
      "100835be76be38e30d865e96f2aaae62", "MIT"),
    .keras(
      "resnet152",
      "tensorflow/keras-applications/resnet/resnet152_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "ee4c566cf9a93f14d82f913c2dc6dd0c", "MIT", includesTop: false),
    .keras(
      "resnet50v2",
      "tensorflow/keras-applications/resnet/resnet50v2_weights_tf_dim_ordering_tf_kernels.h5",
      "3ef43a0b657b3be2300d5770ece849e0", "Apache-2.0"),
    .keras(
      "resnet50v2",
      "tensorflow/keras-applications/resnet/resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "fac2f116257151a9d068a22e544a4917", "Apache-2.0", includesTop: false),
    .keras(
      "resnet101v2",
      "tensorflow/keras-applications/resnet/resnet101v2_weights_tf_dim_ordering_tf_kernels.h5",
      "6343647c601c52e1368623803854d971", "Apache-2.0"),
    .keras(
      "resnet101v2",
      "tensorflow/keras-applications/resnet/resnet101v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "c0ed64b8031c3730f411d2eb4eea35b5", "Apache-2.0", includesTop: false),
    .keras(
      "resnet152v2",
      "tensorflow/keras-applications/resnet/resnet152v2_weights_tf_dim_ordering_tf_kernels.h5",
      "a49b44d1979771252814e80f8ec446f9", "Apache-2.0"),
    .keras(
      "resnet152v2",
      "tensorflow/keras-applications/resnet/resnet152v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "ed17cf2e0169df9d443503ef94b23b33", "Apache-2.0", includesTop: false),
    .keras(
      "inceptionv3",
      "tensorflow/keras-applications/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
      "9a0d58056eeedaa3f26cb7ebd46da564", "Apache-2.0"),
    .keras(
      "inceptionv3",
      "tensorflow/keras-applications/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "bcbd6486424b2319ff4ef7d526e38f63", "Apache-2.0", includesTop: false),
    .keras(
      "mobilenetv3-large",
      "tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_large_224_1.0_float.h5",
      "59e551e166be033d707958cf9e29a6a7", "Apache-2.0"),
    .keras(
      "mobilenetv3-large",
      "tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
      "07fb09a5933dd0c8eaafa16978110389", "Apache-2.0", includesTop: false),
    .keras(
      "mobilenetv3-small",
      "tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_small_224_1.0_float.h5",
      "8768d4c2e7dee89b9d02b2d03d65d862", "Apache-2.0"),
    .keras(
      "mobilenetv3-small",
      "tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
      "d3e8ec802a04aa4fc771ee12a9a9b836", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b0",
      "keras-applications/efficientnetb0.h5",
      "902e53a9f72be733fc0bcb005b3ebbac", "Apache-2.0"),
    .keras(
      "efficientnet-b0",
      "keras-applications/efficientnetb0_notop.h5",
      "50bc09e76180e00e4465e1a485ddc09d", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b1",
      "keras-applications/efficientnetb1.h5",
      "1d254153d4ab51201f1646940f018540", "Apache-2.0"),
    .keras(
      "efficientnet-b1",
      "keras-applications/efficientnetb1_notop.h5",
      "74c4e6b3e1f6a1eea24c589628592432", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b2",
      "keras-applications/efficientnetb2.h5",
      "b15cce36ff4dcbd00b6dd88e7857a6ad", "Apache-2.0"),
    .keras(
      "efficientnet-b2",
      "keras-applications/efficientnetb2_notop.h5",
      "111f8e2ac8aa800a7a99e3239f7bfb39", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b3",
      "keras-applications/efficientnetb3.h5",
      "ffd1fdc53d0ce67064dc6a9c7960ede0", "Apache-2.0"),
    .keras(
      "efficientnet-b3",
      "keras-applications/efficientnetb3_notop.h5",
      "af6d107764bb5b1abb91932881670226", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b4",
      "keras-applications/efficientnetb4.h5",
      "18c95ad55216b8f92d7e70b3a046e2fc", "Apache-2.0"),
    .keras(
      "efficientnet-b4",
      "keras-applications/efficientnetb4_notop.h5",
      "ebc24e6d6c33eaebbd558eafbeedf1ba", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b5",
      "keras-applications/efficientnetb5.h5",
      "ace28f2a6363774853a83a0b21b9421a", "Apache-2.0"),
    .keras(
      "efficientnet-b5",
      "keras-applications/efficientnetb5_notop.h5",
      "38879255a25d3c92d5e44e04ae6cec6f", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b6",
      "keras-applications/efficientnetb6.h5",
      "165f6e37dce68623721b423839de8be5", "Apache-2.0"),
    .keras(
      "efficientnet-b6",
      "keras-applications/efficientnetb6_notop.h5",
      "9ecce42647a20130c1f39a5d4cb75743", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnet-b7",
      "keras-applications/efficientnetb7.h5",
      "8c03f828fec3ef71311cd463b6759d99", "Apache-2.0"),
    .keras(
      "efficientnet-b7",
      "keras-applications/efficientnetb7_notop.h5",
      "cbcfe4450ddf6f3ad90b1b398090fe4a", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnetv2-s",
      "tensorflow/keras-applications/efficientnet_v2/efficientnetv2-s.h5",
      "e1d88a8495beba45748fedd0cecbe016", "Apache-2.0"),
    .keras(
      "efficientnetv2-s",
      "tensorflow/keras-applications/efficientnet_v2/efficientnetv2-s_notop.h5",
      "af0682fb74e8c54910f2d4393339c070", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnetv2-m",
      "tensorflow/keras-applications/efficientnet_v2/efficientnetv2-m.h5",
      "a3bf6aa3276309f4fc6a34aa114c95cd", "Apache-2.0"),
    .keras(
      "efficientnetv2-m",
      "tensorflow/keras-applications/efficientnet_v2/efficientnetv2-m_notop.h5",
      "1b8dc055df72dde80d614482840fe342", "Apache-2.0", includesTop: false),
    .keras(
      "efficientnetv2-l",
      "tensorflow/keras-applications/efficientnet_v2/efficientnetv2-l.h5",
      "27e6d408b53c7ebc868fefa357689935", "Apache-2.0"),
    .keras(
      "efficientnetv2-l",
      "tensorflow/keras-applications/efficientnet_v2/efficientnetv2-l_notop.h5",
      "b0b66b5c863aef5b46e8608fe1711615", "Apache-2.0", includesTop: false),
    .keras(
      "densenet121",
      "tensorflow/keras-applications/densenet/densenet121_weights_tf_dim_ordering_tf_kernels.h5",
      "9d60b8095a5708f2dcce2bca79d332c7", "BSD-3-Clause"),
    .keras(
      "densenet121",
      "tensorflow/keras-applications/densenet/densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "30ee3e1110167f948a6b9946edeeb738", "BSD-3-Clause", includesTop: false),
    .keras(
      "densenet169",
      "tensorflow/keras-applications/densenet/densenet169_weights_tf_dim_ordering_tf_kernels.h5",
      "d699b8f76981ab1b30698df4c175e90b", "BSD-3-Clause"),
    .keras(
      "densenet169",
      "tensorflow/keras-applications/densenet/densenet169_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "b8c4d4c20dd625c148057b9ff1c1176b", "BSD-3-Clause", includesTop: false),
    .keras(
      "densenet201",
      "tensorflow/keras-applications/densenet/densenet201_weights_tf_dim_ordering_tf_kernels.h5",
      "1ceb130c1ea1b78c3bf6114dbdfd8807", "BSD-3-Clause"),
    .keras(
      "densenet201",
      "tensorflow/keras-applications/densenet/densenet201_weights_tf_dim_ordering_tf_kernels_notop.h5",
      "c13680b51ded0fb44dff2d8f86ac8bb1", "BSD-3-Clause", includesTop: false),
    .keras(
      "convnext-tiny",
      "tensorflow/keras-applications/convnext/convnext_tiny.h5",
      "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff", "Apache-2.0"),
    .keras(
      "convnext-tiny",
      "tensorflow/keras-applications/convnext/convnext_tiny_notop.h5",
      "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1", "Apache-2.0",
      includesTop: false),
    .keras(
      "convnext-small",
      "tensorflow/keras-applications/convnext/convnext_small.h5",
      "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c", "Apache-2.0"),
    .keras(
      "convnext-small",
      "tensorflow/keras-applications/convnext/convnext_small_notop.h5",
      "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab", "Apache-2.0",
      includesTop: false),
    .keras(
      "convnext-base",
      "tensorflow/keras-applications/convnext/convnext_base.h5",
      "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6", "Apache-2.0"),
    .keras(
      "convnext-base",
      "tensorflow/keras-applications/convnext/convnext_base_notop.h5",
      "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45", "Apache-2.0",
      includesTop: false),
    .keras(
      "convnext-large",
      "tensorflow/keras-applications/convnext/convnext_large.h5",
      "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6", "Apache-2.0"),
    .keras(
      "convnext-large",
      "tensorflow/keras-applications/convnext/convnext_large_notop.h5",
      "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd", "Apache-2.0",
      includesTop: false),
  ]
}
