"""The work that Graft and its peers are compared on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """A training step: the same model, batch, size and frozen layers for all."""

    title: str
    backbone: str
    size: int
    batch: int
    # What keeps its values: "backbone", "none", or all before a layer (PyTorch's name of it).
    freeze: str
    steps: int
    # How many times as fast as the best peer Graft is to be.
    goal: float

    @property
    def torchvision(self):
        """The name of torchvision's model."""
        return {"mobilenetv2": "mobilenet_v2"}.get(self.backbone, self.backbone)

    @property
    def keras(self):
        """The name of the model in `keras.applications`."""
        names = {"vgg16": "VGG16", "resnet50": "ResNet50", "mobilenetv2": "MobileNetV2"}
        return names[self.backbone]


WORKLOADS = {
    "vgg16-frozen": Workload("VGG16, backbone frozen", "vgg16", 150, 32, "backbone", 4, 1.6),
    "resnet50-frozen": Workload(
        "ResNet50, backbone frozen", "resnet50", 224, 16, "backbone", 5, 1.3
    ),
    "mobilenetv2-frozen": Workload(
        "MobileNetV2, backbone frozen", "mobilenetv2", 224, 32, "backbone", 8, 1.2
    ),
    "resnet50-layer4": Workload(
        "ResNet50, from `layer4`", "resnet50", 224, 16, "layer4", 4, 1.3
    ),
    "vgg16-block5": Workload(
        "VGG16, from `block5_conv1`", "vgg16", 224, 16, "features.24", 3, 1.3
    ),
    "resnet50-all": Workload(
        "ResNet50, everything trainable", "resnet50", 224, 16, "none", 3, 1.1
    ),
    "mobilenetv2-all": Workload(
        "MobileNetV2, everything trainable", "mobilenetv2", 224, 32, "none", 4, 1.1
    ),
    "resnet50-memory": Workload(
        "ResNet50, backbone frozen, memory", "resnet50", 224, 32, "backbone", 2, 1.3
    ),
}
