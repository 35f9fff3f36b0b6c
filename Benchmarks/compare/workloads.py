"""The work that Graft and its peers are compared on."""

from dataclasses import dataclass

# Names of the same network elsewhere, by Graft's.
TORCHVISION = {
    "mobilenetv2": "mobilenet_v2",
    "inceptionv3": "inception_v3",
    "efficientnet-b0": "efficientnet_b0",
}
KERAS = {
    "vgg16": "VGG16",
    "resnet50": "ResNet50",
    "mobilenetv2": "MobileNetV2",
    "inceptionv3": "InceptionV3",
    "efficientnet-b0": "EfficientNetB0",
}


@dataclass(frozen=True)
class Step:
    """A step: the same model, weights, batch, size and frozen layers for all."""

    title: str
    backbone: str
    size: int
    batch: int
    # What keeps its values: "backbone", "none", "all", or all before a layer (PyTorch's name of it).
    freeze: str
    steps: int
    # How many times as fast, or as small, as the best peer Graft is to be.
    goal: float
    # What is compared: "time" or "memory", the peak of resident bytes.
    measure: str = "time"
    # Graft on OpenCL devices against tinygrad on the same, rather than on processors.
    on_opencl: bool = False

    @property
    def name(self):
        return f"{self.title}, {self.size} px, batch {self.batch}"

    @property
    def torchvision(self):
        return TORCHVISION.get(self.backbone, self.backbone)

    @property
    def keras(self):
        return KERAS[self.backbone]


@dataclass(frozen=True)
class TextStep(Step):
    """A step of a text encoder with real weights; the size is that of the texts, in tokens."""

    @property
    def name(self):
        return f"{self.title}, {self.size} tokens, batch {self.batch}"


@dataclass(frozen=True)
class Data:
    """Photos decoded, resized and normalized on one core."""

    title: str
    goal: float
    size: int = 224
    photo_count: int = 16

    @property
    def name(self):
        return self.title


@dataclass(frozen=True)
class Job:
    """A whole training run, from the start of the process to the evaluated model."""

    title: str
    goal: float
    backbone: str = "vgg16"
    size: int = 150
    batch: int = 32
    units: int = 256
    epochs: int = 5
    training_count: int = 800
    validation_count: int = 200

    @property
    def name(self):
        return self.title

    @property
    def torchvision(self):
        return self.backbone


@dataclass(frozen=True)
class Predict:
    """`graft predict` on one photo, the whole process, against a limit in seconds."""

    title: str
    backbone: str
    limit: float

    @property
    def name(self):
        return self.title


WORKLOADS = {
    "vgg16-frozen": Step("VGG16, backbone frozen", "vgg16", 150, 32, "backbone", 4, 1.6),
    "resnet50-frozen": Step("ResNet50, backbone frozen", "resnet50", 224, 16, "backbone", 5, 1.3),
    "inceptionv3-frozen": Step(
        "InceptionV3, backbone frozen", "inceptionv3", 299, 16, "backbone", 4, 1.3
    ),
    "mobilenetv2-frozen": Step(
        "MobileNetV2, backbone frozen", "mobilenetv2", 224, 32, "backbone", 8, 1.2
    ),
    "efficientnetb0-frozen": Step(
        "EfficientNet-B0, backbone frozen", "efficientnet-b0", 224, 32, "backbone", 6, 1.2
    ),
    "resnet50-layer4": Step("ResNet50, from `layer4`", "resnet50", 224, 16, "layer4", 4, 1.3),
    "vgg16-block5": Step("VGG16, from `block5_conv1`", "vgg16", 224, 16, "features.24", 3, 1.3),
    "resnet50-all": Step("ResNet50, everything trainable", "resnet50", 224, 16, "none", 3, 1.1),
    "mobilenetv2-all": Step(
        "MobileNetV2, everything trainable", "mobilenetv2", 224, 32, "none", 4, 1.1
    ),
    "minilm-frozen": TextStep("MiniLM, encoder frozen", "minilm", 128, 32, "backbone", 5, 1.8),
    "minilm-layer4": TextStep(
        "MiniLM, last two layers", "minilm", 128, 32, "encoder.layer.4", 4, 1.5
    ),
    "minilm-all": TextStep("MiniLM, everything trainable", "minilm", 128, 32, "none", 3, 1.5),
    "minilm-short": TextStep("MiniLM, encoder frozen", "minilm", 32, 32, "backbone", 12, 1.3),
    "resnet50-memory": Step(
        "ResNet50, backbone frozen", "resnet50", 224, 32, "backbone", 2, 2, measure="memory"
    ),
    "resnet50-opencl": Step(
        "ResNet50, inference", "resnet50", 224, 4, "all", 4, 8, on_opencl=True
    ),
    "tutorial-job": Job(
        "VGG16, Flatten, Dense(256), sigmoid: 5 epochs of 800 photos, 200 held out", 6
    ),
    "data": Data("JPEG 500 × 375 to 224 px, decoded, resized, normalized, per core", 1.5),
    "predict-vgg16": Predict("VGG16", "vgg16", 0.5),
    "predict-resnet50": Predict("ResNet50", "resnet50", 0.5),
    "predict-mobilenetv2": Predict("MobileNetV2", "mobilenetv2", 0.5),
}
